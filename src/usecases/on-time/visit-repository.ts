import { isClockInDoubt } from '../../on-time/clock-skew.ts';
import { isLiftedByRun } from '../../on-time/hold.ts';
import type { QueuedTick } from '../../on-time/order.ts';
import type { ServedTick } from '../../on-time/served-tick.ts';
import type { StartedRun } from '../../on-time/started-run.ts';
import { type OnTimeState, withoutHolds } from '../../on-time/state.ts';
import { HOUR_MS } from '../../time.ts';
import { type Task, takeBack } from '../unless-refused.ts';
import { type Decided, decideDue } from './decide-due.ts';
import { followFiles } from './follow-file.ts';
import { readHead } from './heads-ahead.ts';
import { readAgain } from './read-again.ts';
import { servingModeOf } from './serving-mode.ts';
import { nextLookAt, settle } from './settle.ts';
import { takeRuns } from './take-runs.ts';
import {
  changeOnTime,
  holdIfSuspended,
  type OnTimeWork,
  openRepository,
  type RepositoryAccess,
  suspendedUntil,
} from './work.ts';

/** How long files as last read count: webhooks report pushes, and heads are compared before each request. */
const READ_AGAIN_AFTER_MS = 6 * HOUR_MS;

/** On record where GitHub refuses to list runs or to show files. */
export const ON_TIME_READS: Task = 'runs on time';

/** The ticks to ask for in one repository. */
export interface Due {
  readonly access: RepositoryAccess;
  /** In no order. */
  readonly line: readonly QueuedTick[];
  readonly next: Decided['next'];
}

/** When GitHub was last asked for the runs of a repository, and may be asked again, epoch ms. */
export interface LookTimes {
  readonly lastAt: number;
  readonly notBefore: number;
}

export interface VisitResult {
  readonly access: RepositoryAccess;
  /** When to come again, epoch ms; `null` where nothing will be due. */
  readonly nextAt: number | null;
  /** Whether the runs were listed. */
  readonly looked: boolean;
  /** Whether GitHub has shown the runs or the files that were asked for, so that earlier refusals are over. */
  readonly shown: boolean;
  /** The error that ended the look at earlier ticks and files; `null` where there was none. It is not in `nextAt`. */
  readonly failure: unknown;
  /** Until when (epoch ms) its installation is paused, as GitHub has just said that it is suspended; else `null`. */
  readonly pausedUntil: number | null;
}

/**
 * Does what is due on the ticks of one repository. `onDue` is called before earlier ticks are looked at, so that due
 * ones do not wait for GitHub. `null` where nothing is started on time there.
 */
export async function visitRepository(
  work: OnTimeWork,
  repositoryId: number,
  looks: LookTimes,
  onDue: (due: Due) => void,
): Promise<VisitResult | null> {
  const context = await work.context();
  const before = await context.store.load(repositoryId);
  if (before === undefined || before.onTime === null) return null;
  if (before.profile.removedAt !== null || before.profile.archived) return null;
  const access = await openRepository(work, context, before);
  if (access === null) return null;
  try {
    return await visitWith(access, before.onTime, looks, onDue);
  } catch (error) {
    const pausedUntil = await holdIfSuspended(access, error);
    if (pausedUntil === null) throw error;
    return { access, nextAt: pausedUntil, looked: false, shown: false, failure: null, pausedUntil };
  }
}

async function visitWith(
  access: RepositoryAccess,
  onTimeBefore: OnTimeState,
  { lastAt, notBefore }: LookTimes,
  onDue: (due: Due) => void,
): Promise<VisitResult | null> {
  const { context, repositoryId } = access;
  const [first] = onTimeBefore.files;
  // A watermark never moves back, so GitHub is asked for the time first where the machine's clock may be wrong.
  if (first !== undefined && isClockInDoubt(access.dispatcher.clockReadings())) {
    const until = suspendedUntil(onTimeBefore, access.now());
    if (until !== null)
      return { access, nextAt: until, looked: false, shown: false, failure: null, pausedUntil: until };
    await readHead(access.dispatcher, first.path);
  }
  const decided = await changeOnTime(access, (onTime, state) => {
    const serving = servingModeOf(context, state.profile, onTime, access.connected.appLogin);
    const due = decideDue(state, onTime, {
      serving,
      appLogin: access.connected.appLogin,
      now: access.now(),
    });
    return { change: due.change, value: due };
  });
  if (decided === null) return null;
  onDue({ access, line: decided.line, next: decided.next });
  const state = await context.store.load(repositoryId);
  if (state === undefined || state.onTime === null) return null;
  const isStopped =
    servingModeOf(context, state.profile, state.onTime, access.connected.appLogin).kind !== 'serve';
  let pausedUntil = suspendedUntil(state.onTime, access.now());
  const mayLook = pausedUntil === null;
  const isAllowed = mayLook && notBefore <= access.now();
  const lookAt = isStopped || !isAllowed ? null : nextLookAt(state, access.now(), lastAt);
  const looked = lookAt !== null && lookAt <= access.now();
  const isOld = access.now() - (state.onTime.readAt ?? 0) > READ_AGAIN_AFTER_MS;
  let shown = false;
  let failure: unknown = null;
  try {
    if (mayLook) await followFiles(access, decided.failed);
    if (looked) await followFiles(access, pathsOf(await settle(access, state)));
    if (isOld && isAllowed) await readAgain(access);
    shown = looked || (isOld && isAllowed);
    if (shown && state.profile.refusals[ON_TIME_READS] !== undefined)
      await takeBack(context, repositoryId, ON_TIME_READS);
  } catch (error) {
    const until = await holdIfSuspended(access, error);
    if (until === null) failure = error;
    else pausedUntil = until;
  }
  const again = await context.store.load(repositoryId);
  const isOver = again === undefined || isStopped || failure !== null;
  const nextLook = isOver ? null : nextLookAt(again, access.now(), access.now());
  const looksAt = nextLook === null ? null : Math.max(nextLook, notBefore);
  // Another visit may have been refused the files meanwhile.
  const readsAt = isOld && mayLook && !isAllowed ? notBefore : null;
  const times = [decided.nextAt, pausedUntil ?? looksAt, readsAt].filter((at) => at !== null);
  const nextAt = times.length === 0 ? null : Math.min(...times);
  return { access, nextAt, looked: looked && pausedUntil === null, shown, failure, pausedUntil };
}

/** Updates ticks from one run of a webhook. Returns whether it has lifted a hold, so that starts may resume. */
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
  const isOnTime = state.onTime.files.some(({ path }) => path === run.path);
  const access = isOnTime ? await openRepository(work, context, state) : null;
  if (access !== null) await followFiles(access, pathsOf(await takeRuns(access, [run])));
  return lifted === true;
}

function pathsOf(ticks: readonly ServedTick[]): readonly string[] {
  return ticks.map(({ path }) => path);
}
