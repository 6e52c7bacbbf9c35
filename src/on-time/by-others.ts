import { MINUTE_MS } from '../time.ts';
import { type DueTick, skip } from './progress.ts';
import { isUnserved, type ServedTick, type SkipReason, tickKey } from './served-tick.ts';
import { ACTIONS_LOGIN, isBot, type StartedRun } from './started-run.ts';

/** GitHub's scheduler has started runs a little before their tick. */
export const EARLY_MS = 2 * MINUTE_MS;

/** Who else may serve ticks of a file. */
export interface OtherServers {
  /** The net dispatches ticks of the file that have no run. */
  readonly hasOwnNet: boolean;
  /** A person's dispatch counts as the run of a tick. */
  readonly manualServes: boolean;
  readonly appLogin: string;
}

/** Who has started a run that may serve a tick, and is not Offbeat. */
export type Server = Extract<SkipReason, 'github' | 'net' | 'person'>;

/** Who has started a run that may serve a tick; `null` for Offbeat's own run, and for a run that serves none. */
export function serverOf(
  run: Pick<StartedRun, 'event' | 'attempt' | 'actor'>,
  { hasOwnNet, manualServes, appLogin }: OtherServers,
): Server | null {
  if (run.event === 'schedule') return run.attempt === 1 ? 'github' : null;
  if (run.event !== 'workflow_dispatch' || run.actor === appLogin) return null;
  if (run.actor === ACTIONS_LOGIN) return hasOwnNet ? 'net' : null;
  return manualServes && !isBot(run.actor) ? 'person' : null;
}

/** The latest tick that a run of another may serve, epoch ms: who dispatches a run means a tick that has come. */
export function latestTickOf({ createdAt }: Pick<StartedRun, 'createdAt'>, server: Server): number {
  return server === 'github' ? createdAt + EARLY_MS : createdAt;
}

/**
 * Assigns a run that Offbeat has not asked for to a tick of its file that is not later than the run. GitHub's own run
 * serves the oldest unserved one: its scheduler comes late. A dispatched run serves the newest, which the net and
 * people start it for. Where there is none, a run of `schedule` is the twin of the newest served tick without a twin.
 * `ticks` are all ticks of the file that GitHub may still start, with a record or without. A tick with a record is
 * unserved as `isUnserved` says.
 */
export function placeRun(
  run: StartedRun,
  ticks: readonly (ServedTick | DueTick)[],
  others: OtherServers,
): { readonly kind: 'serves' | 'twin'; readonly tick: ServedTick | DueTick } | { readonly kind: 'nothing' } {
  const server = serverOf(run, others);
  if (server === null || ticks.some((tick) => hasRecord(tick) && holds(tick, run.id))) {
    return { kind: 'nothing' };
  }
  const before = ticks
    .filter(({ tick }) => tick <= latestTickOf(run, server))
    .toSorted((one, other) => one.tick - other.tick);
  const unserved = before
    .filter((tick) => !hasRecord(tick) || isUnserved(tick))
    .at(server === 'github' ? 0 : -1);
  if (unserved !== undefined) return { kind: 'serves', tick: unserved };
  const served = before.findLast((tick) => hasRecord(tick) && tick.twin === null && wasAskedFor(tick));
  return server === 'github' && served !== undefined ? { kind: 'twin', tick: served } : { kind: 'nothing' };
}

/** The tick once that run serves it: skipped where Offbeat has asked for no run, else with the run as adopted twin. */
export function servedBy(tick: ServedTick | DueTick, run: StartedRun, why: Server, now: number): ServedTick {
  if (!hasRecord(tick) || tick.progress.state === 'due' || tick.progress.state === 'skipped') {
    const { path, tick: at, cron, timezone, mode, blobSha } = tick;
    return skip({ path, tick: at, cron, timezone, mode, blobSha }, now, why, { run });
  }
  return { ...tick, twin: { runId: run.id, createdAt: run.createdAt, fate: 'adopted' } };
}

/** The ticks, oldest first; where a tick has a record, the record in its place. */
export function withRecords(
  ticks: readonly DueTick[],
  records: readonly ServedTick[],
): readonly (ServedTick | DueTick)[] {
  const byKey = new Map<string, ServedTick | DueTick>(ticks.map((tick) => [tickKey(tick), tick]));
  for (const record of records) byKey.set(tickKey(record), record);
  return [...byKey.values()].sort((one, other) => one.tick - other.tick);
}

function hasRecord(tick: ServedTick | DueTick): tick is ServedTick {
  return 'progress' in tick;
}

function holds({ progress, twin }: ServedTick, runId: number): boolean {
  return twin?.runId === runId || ('runId' in progress && progress.runId === runId);
}

/** Whether Offbeat has asked for the tick's run. Where GitHub's run serves it, that run is no twin. */
function wasAskedFor({ progress }: ServedTick): boolean {
  return progress.state !== 'skipped' && progress.state !== 'due';
}
