import { type DueTick, skip } from './progress.ts';
import { isUnserved, type ServedTick, type SkipReason, tickKey } from './served-tick.ts';
import { ACTIONS_LOGIN, isBot, type StartedRun } from './started-run.ts';

/** GitHub's clocks have started runs a little before their tick. */
const CLOCK_SKEW_MS = 2 * 60_000;

/** How others may serve ticks of a file. */
export interface OtherServers {
  /** A file of its own dispatches what nobody has served. */
  readonly hasOwnNet: boolean;
  /** A person's dispatch counts as the run of a tick. */
  readonly manualServes: boolean;
  readonly appLogin: string;
}

/**
 * Whether a run that Offbeat has not asked for may serve a tick, and for whom it counts; `null` where it is none of it.
 */
export function serverOf(
  run: Pick<StartedRun, 'event' | 'attempt' | 'actor'>,
  { hasOwnNet, manualServes, appLogin }: OtherServers,
): Extract<SkipReason, 'github' | 'net' | 'person'> | null {
  if (run.event === 'schedule') return run.attempt === 1 ? 'github' : null;
  if (run.event !== 'workflow_dispatch' || run.actor === appLogin) return null;
  if (run.actor === ACTIONS_LOGIN) return hasOwnNet ? 'net' : null;
  return manualServes && !isBot(run.actor) ? 'person' : null;
}

/**
 * What a run of somebody else is to the ticks of its file: it serves the oldest tick that is unserved and not later
 * than it, or, as a run of `schedule`, it is the twin of one that is served; else it is nothing to them. `ticks` are
 * those of the file, decided on or not, that GitHub may still come for. A served tick whose own run failed, was
 * displaced or never started is unserved.
 */
export function placeRun(
  run: StartedRun,
  ticks: readonly (ServedTick | DueTick)[],
  others: OtherServers,
): { readonly kind: 'serves' | 'twin'; readonly tick: ServedTick | DueTick } | { readonly kind: 'nothing' } {
  const server = serverOf(run, others);
  if (server === null || ticks.some((tick) => isServed(tick) && holds(tick, run.id))) {
    return { kind: 'nothing' };
  }
  const before = ticks
    .filter(({ tick }) => tick <= run.createdAt + CLOCK_SKEW_MS)
    .toSorted((one, other) => one.tick - other.tick);
  const unserved = before.find((tick) => !isServed(tick) || isUnserved(tick));
  if (unserved !== undefined) return { kind: 'serves', tick: unserved };
  const served = before.findLast((tick) => isServed(tick) && tick.twin === null && ownRunOf(tick));
  return server === 'github' && served !== undefined ? { kind: 'twin', tick: served } : { kind: 'nothing' };
}

/** The tick when a run of somebody else serves it: adopted where Offbeat had asked for one, else nothing is asked. */
export function servedBy(
  tick: ServedTick | DueTick,
  run: StartedRun,
  why: Extract<SkipReason, 'github' | 'net' | 'person'>,
  now: number,
): ServedTick {
  if (!isServed(tick) || tick.progress.state === 'due' || tick.progress.state === 'skipped') {
    const { path, tick: at, cron, timezone, mode, blobSha } = tick;
    return skip({ path, tick: at, cron, timezone, mode, blobSha }, now, why, { run });
  }
  return { ...tick, twin: { runId: run.id, createdAt: run.createdAt, fate: 'adopted' } };
}

/** Ticks with their records where there are any, oldest first. */
export function withRecords(
  ticks: readonly DueTick[],
  records: readonly ServedTick[],
): readonly (ServedTick | DueTick)[] {
  const byKey = new Map<string, ServedTick | DueTick>(ticks.map((tick) => [tickKey(tick), tick]));
  for (const record of records) byKey.set(tickKey(record), record);
  return [...byKey.values()].sort((one, other) => one.tick - other.tick);
}

function isServed(tick: ServedTick | DueTick): tick is ServedTick {
  return 'progress' in tick;
}

function holds({ progress, twin }: ServedTick, runId: number): boolean {
  return twin?.runId === runId || ('runId' in progress && progress.runId === runId);
}

/** Whether Offbeat has asked for the tick's run: GitHub's own cannot be a twin of itself. */
function ownRunOf({ progress }: ServedTick): boolean {
  return progress.state !== 'skipped' && progress.state !== 'due';
}
