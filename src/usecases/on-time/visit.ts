import { isClockInDoubt } from '../../on-time/clock-skew.ts';
import { isLiftedByRun } from '../../on-time/hold.ts';
import type { InLine } from '../../on-time/order.ts';
import type { StartedRun } from '../../on-time/started-run.ts';
import { withoutHolds } from '../../on-time/state.ts';
import { HOUR_MS } from '../../time.ts';
import { type Decided, decideDue } from './decide-due.ts';
import { followFile } from './follow-file.ts';
import { readAgain } from './read-again.ts';
import { readHead } from './read-head.ts';
import { nextLookAt, settle } from './settle.ts';
import { standingOf } from './standing.ts';
import { takeRuns } from './take-runs.ts';
import { changeOnTime, goTo, type OnTimeWork, type Place } from './work.ts';

/**
 * What was last read of the files is good for so long: pushes are told, and the file is compared before each request.
 */
const READ_AGAIN_AFTER_MS = 6 * HOUR_MS;

/** What is to be asked for in one repository. */
export interface Due {
  readonly place: Place;
  /** In no order. */
  readonly line: readonly InLine[];
  readonly next: Decided['next'];
}

/** What a visit has come to. */
export interface Visit {
  readonly place: Place;
  /** When to come again, epoch ms; `null` where nothing will be due. */
  readonly nextAt: number | null;
  /** Whether the runs were listed. */
  readonly looked: boolean;
  /** Why the past could not be looked into; `null` where it was. */
  readonly failure: unknown;
}

/**
 * Does for the ticks of one repository what is due: decides on those that have come due, finds out what became of those
 * that were asked for, and what of twins. `onDue` is called before GitHub is asked for the latter: what is due does not
 * wait for what became of earlier ticks. `null` where nothing is started on time there. Visiting twice has the effect
 * of visiting once.
 */
export async function visitRepository(
  work: OnTimeWork,
  repositoryId: number,
  lookedAt: number,
  onDue: (due: Due) => void,
): Promise<Visit | null> {
  const context = await work.context();
  const before = await context.store.load(repositoryId);
  if (before === undefined || before.onTime === null) return null;
  if (before.profile.removedAt !== null || before.profile.archived) return null;
  const place = await goTo(work, context, before);
  if (place === null) return null;
  const [first] = before.onTime.files;
  // A watermark never moves back: where the machine's clock may be wrong, GitHub is asked before anything is decided.
  if (first !== undefined && isClockInDoubt(place.dispatcher.clockReadings())) {
    await readHead(place.dispatcher, first.path);
  }
  const decided = await changeOnTime(place, (onTime, state) => {
    const standing = standingOf(context, state.profile, onTime, place.connected.appLogin);
    const due = decideDue(state, onTime, {
      standing,
      appLogin: place.connected.appLogin,
      now: place.now(),
    });
    return { change: due.change, value: due };
  });
  if (decided === null) return null;
  onDue({ place, line: decided.line, next: decided.next });
  const state = await context.store.load(repositoryId);
  if (state === undefined || state.onTime === null) return null;
  const isStopped =
    standingOf(context, state.profile, state.onTime, place.connected.appLogin).kind !== 'serve';
  const lookAt = isStopped ? null : nextLookAt(state, place.now(), lookedAt);
  const looked = lookAt !== null && lookAt <= place.now();
  let failure: unknown = null;
  try {
    for (const path of new Set(decided.failed)) await followFile(place, path);
    if (looked) {
      const changed = await settle(place, state);
      for (const path of new Set(changed.map((tick) => tick.path))) await followFile(place, path);
    }
    const isOld = place.now() - (state.onTime.readAt ?? 0) > READ_AGAIN_AFTER_MS;
    if (isOld) await readAgain(place);
  } catch (error) {
    failure = error;
  }
  const again = await context.store.load(repositoryId);
  const nextLook = again === undefined || isStopped ? null : nextLookAt(again, place.now(), place.now());
  const times = [decided.nextAt, nextLook].filter((at) => at !== null);
  const nextAt = times.length === 0 ? null : Math.min(...times);
  return { place, nextAt, looked, failure };
}

/**
 * Takes the news of one run that a webhook has told of. Returns whether it shows that workflows may be started again
 * that were held up.
 */
export async function noteOnTimeRun(
  work: OnTimeWork,
  repositoryId: number,
  run: StartedRun,
): Promise<boolean> {
  const context = await work.context();
  const state = await context.store.load(repositoryId);
  if (state === undefined || state.onTime === null) return false;
  const lifted = await changeOnTime({ work, context, repositoryId }, (onTime) => {
    const next = withoutHolds(onTime, (hold) => isLiftedByRun(hold, run.createdAt));
    return { change: next === null ? null : { onTime: next }, value: next !== null };
  });
  const isServed = state.onTime.files.some(({ path }) => path === run.path);
  const place = isServed ? await goTo(work, context, state) : null;
  if (place !== null) {
    const changed = await takeRuns(place, [run]);
    for (const path of new Set(changed.map((tick) => tick.path))) await followFile(place, path);
  }
  return lifted === true;
}
