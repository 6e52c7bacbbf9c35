import { parseConfig } from '../../src/config/parse.ts';
import { type ServedTick, servingRun } from '../../src/on-time/served-tick.ts';
import { MINUTE_MS, SECOND_MS } from '../../src/time.ts';
import { newProfile } from '../../src/usecases/known-repository.ts';
import { serveOnce } from '../../src/usecases/on-time/serve-once.ts';
import type { ConnectedRepository } from '../../src/usecases/ports.ts';
import { liveContext } from './live-context.ts';
import { lookAtWorkflow } from './look-at-dispatch.ts';
import { type Place, runOf, stamp, until } from './place.ts';
import { commitToDefault } from './sandbox.ts';
import { fullMinuteAfter, TICK, tickFile } from './workflows.ts';

/** Time to push the file and to have GitHub know it before its tick. */
const AHEAD_MS = 3 * MINUTE_MS;
const KNOWN_WITHIN_MS = 2 * MINUTE_MS;
const SERVED_WITHIN_MS = 5 * MINUTE_MS;
/** What `tick-on-time` calls on time. */
const ON_TIME_MS = MINUTE_MS;
/** A runner takes a job within seconds, and a run that has begun is left alone. */
const LOOK_FOR_TWIN_EVERY_MS = 10 * SECOND_MS;

/**
 * Has the production dispatcher serve one tick of a workflow, and then look for GitHub's own run of it for so many
 * minutes.
 */
export async function lookAtTick(place: Place, twinMinutes: number): Promise<void> {
  const { time, findings, seen, connected, say } = place;
  const tick = fullMinuteAfter(time.now(), AHEAD_MS);
  await commitToDefault(place, 'Add the workflow of a live run whose tick is served', [tickFile(tick)]);
  const context = liveContext(place, newProfile(seen), withTickFile(connected));
  const look = async (): Promise<ServedTick | undefined> => {
    await serveOnce(context, seen.id);
    return (await context.store.load(seen.id))?.ticks.find((one) => one.path === TICK && one.tick === tick);
  };
  await lookAtWorkflow(place, TICK, KNOWN_WITHIN_MS);
  // What came due before the first look is nobody's.
  await look();
  say(`The tick of ${stamp(tick)} is waited for.`);
  await time.wait(Math.max(0, tick - time.now()));
  const served = await until(place, 'The run of the tick', SERVED_WITHIN_MS, async () => {
    const found = await look();
    const { state } = found?.progress ?? { state: 'due' };
    return found === undefined || state === 'due' || state === 'intent' || state === 'asked' ? null : found;
  });
  const runId = servingRun(served);
  const run = runId === null ? null : await runOf(place, runId);
  if (run === null) {
    findings.refute('tick-on-time', `The tick is ${served.progress.state}, and no run serves it.`);
    findings.notSeen('twin-cancelled', 'The tick was not served.');
    return;
  }
  const lateSeconds = Math.round((run.created_at - tick) / SECOND_MS);
  findings.check(
    'tick-on-time',
    run.event === 'workflow_dispatch' && run.created_at - tick <= ON_TIME_MS,
    `Tick ${stamp(tick)}, run ${run.id} by ${run.event}, created ${lateSeconds} s after it.`,
  );
  await lookForTwin(place, twinMinutes, look);
}

/** GitHub's scheduler comes when it gets round to it, or not at all. */
async function lookForTwin(
  place: Place,
  minutes: number,
  look: () => Promise<ServedTick | undefined>,
): Promise<void> {
  const { time, findings, say } = place;
  say(`GitHub’s own run of that tick is looked for, ${minutes} min at most.`);
  const end = time.now() + minutes * MINUTE_MS;
  for (;;) {
    const twin = (await look())?.twin ?? null;
    if (twin !== null && twin.fate !== 'waiting') {
      const run = await runOf(place, twin.runId);
      const actor = run?.actor?.login ?? 'unknown';
      const told = `Run ${twin.runId} by ${run?.event}, created ${stamp(twin.createdAt)}: ${twin.fate}.`;
      if (twin.fate === 'cancelled') findings.confirm('twin-cancelled', told);
      else findings.notSeen('twin-cancelled', `${told} Its first step had begun before it was seen.`);
      findings.notSeen(
        'merged-cron-actor',
        `Nobody merges here. The actor of a run whose cron the App itself committed: ${actor}.`,
      );
      return;
    }
    if (time.now() >= end) break;
    await time.wait(LOOK_FOR_TWIN_EVERY_MS);
  }
  findings.notSeen('twin-cancelled', `GitHub’s scheduler did not come within ${minutes} min.`);
}

/** The sandbox as if it held that workflow alone, with a configuration that has it served at its tick. */
function withTickFile(connected: ConnectedRepository): ConnectedRepository {
  const { reader } = connected;
  const config = parseConfig('mode: suggest\non-time: punctual\nnet: cron\nfailures: off\n');
  return {
    ...connected,
    reader: {
      ...reader,
      config: async () => config,
      async workflowSources(ref, before) {
        const { sha, files } = await reader.workflowSources(ref, before);
        return { sha, files: files.filter(({ path }) => path === TICK) };
      },
    },
  };
}
