import { itemAt } from '../checked.ts';
import { parseCron } from '../cron/parse.ts';
import { ticksBetween } from '../cron/ticks.ts';
import { seededRandom } from '../plan/random.ts';
import { MINUTE_MS, SECOND_MS } from '../time.ts';
import { NET_PATH } from '../workflow/paths.ts';
import type { ClockWithWaits } from './clock.ts';
import type { Emulated } from './emulator.ts';
import { latenessModel } from './lateness-model.ts';
import type { DemoWorkflow } from './workflows.ts';

/** After a tick something happens about then: the run is created, shown in lists, taken by a runner, and ends. */
const AFTER_TICK_MS = [0, 3, 10, 60, 300].map((seconds) => seconds * SECOND_MS);
/** The net finds that the tick is served, and ends after a few requests. */
const NET_SECONDS = 15;

export interface OnTimeDays {
  readonly emulated: Emulated;
  readonly clock: ClockWithWaits;
  readonly idle: () => Promise<void>;
  readonly workflow: DemoWorkflow;
  /** Epoch ms. */
  readonly from: number;
  readonly until: number;
  readonly seed: number;
  /** What else happens up to then. */
  readonly meanwhile: (until: number) => Promise<void>;
}

/** A tick, the run that the App has started for it, and when GitHub's scheduler came; epoch ms. */
export interface DemoTick {
  readonly tick: number;
  readonly startedAt: number | null;
  readonly githubAt: number;
}

/**
 * Lets the days pass in which the App starts a workflow at its ticks. GitHub's scheduler comes for the net, which has
 * the same cron, as late as it was measured; the net finds the run and ends.
 */
export async function playOnTimeDays(days: OnTimeDays): Promise<readonly DemoTick[]> {
  const { emulated, clock, workflow, from, until } = days;
  const { cron, timezone } = itemAt(workflow.schedules, 0);
  const repository = emulated.repository.fullName;
  const lateness = latenessModel(seededRandom(days.seed));
  const ticks = ticksBetween(parseCron(cron), timezone, from, until)
    .map((tick) => ({ tick, githubAt: tick + Math.round(lateness(NET_PATH, tick)) }))
    .filter(({ githubAt }) => githubAt + NET_SECONDS * SECOND_MS < until);
  const runs = workflow.medianSeconds * SECOND_MS;
  const moments = ticks.flatMap(({ tick, githubAt }) => [
    ...[...AFTER_TICK_MS, runs + MINUTE_MS].map((after) => ({ at: tick + after, isNet: false })),
    { at: githubAt, isNet: true },
    { at: githubAt + (NET_SECONDS + 10) * SECOND_MS, isNet: false },
  ]);
  for (const { at, isNet } of moments.toSorted((one, other) => one.at - other.at)) {
    await days.meanwhile(at);
    clock.set(at);
    emulated.actions.pace({ durationMs: isNet ? NET_SECONDS * SECOND_MS : runs });
    if (isNet) {
      await emulated.actions.startByEvent(repository, NET_PATH, 'schedule', emulated.people.maintainer.login);
    }
    emulated.actions.advance();
    await days.idle();
    while (await clock.letDue()) await days.idle();
  }
  await days.meanwhile(until);
  const started = emulated.actions.started.filter(({ run }) => run.path === workflow.path);
  return ticks.map((one) => ({
    ...one,
    startedAt: started.find(({ run }) => run.createdAt >= one.tick)?.run.createdAt ?? null,
  }));
}
