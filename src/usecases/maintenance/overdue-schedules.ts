import { expectedLateness } from '../../forecast/expected-lateness.ts';
import type { LatenessPool } from '../../forecast/lateness-pool.ts';
import { LONGEST_ON_RECORD_MS } from '../../history/lateness-bounds.ts';
import type { MissedTick, Unwatched } from '../../history/match.ts';
import { overdueTicks } from '../../history/overdue.ts';
import { fileName } from '../../render/move-words.ts';
import { entriesInForce, type ScheduleEntries } from '../learning/schedule-version.ts';
import type { RepositoryState } from '../ports.ts';

/** A schedule of which no run has come since the named ticks, and none is expected to any more. */
export interface OverdueSchedule {
  readonly entry: ScheduleEntries[number];
  /** Oldest first, at least one. */
  readonly ticks: readonly MissedTick[];
}

/** Runs looked through for one that is still going: it takes its tick when it ends. */
const RECENT_RUNS = 500;

/** Schedules silent at `now` (epoch ms) for longer than any run was late. `unwatched` ticks may have had runs. */
export function overdueSchedules(
  state: RepositoryState,
  pool: LatenessPool,
  now: number,
  unwatched?: Unwatched,
): readonly OverdueSchedule[] {
  const { learned } = state;
  const expect = expectedLateness(learned, pool);
  const isUnknown = (tick: number): boolean =>
    unwatched !== undefined && unwatched.from <= tick && tick <= unwatched.to;
  const inForce = entriesInForce(state);
  const going = new Set(
    state.runs
      .slice(-RECENT_RUNS)
      .filter(({ event, endedAt }) => event === 'schedule' && endedAt === null)
      .map(({ path }) => path),
  );
  const silent = Object.entries(learned.matches).flatMap(([path, matches]) => {
    if (going.has(path)) return [];
    const byKey = Map.groupBy(
      overdueTicks(matches, now, expect).filter(
        ({ tick }) => now - tick > LONGEST_ON_RECORD_MS && !isUnknown(tick),
      ),
      ({ key }) => key,
    );
    return [...byKey].flatMap(([key, ticks]): readonly OverdueSchedule[] => {
      const known = matches.entries[key];
      const entry = inForce.find((one) => one.key === key);
      // What was edited or deleted since its last run is told of where the edit is watched.
      const isSame = entry !== undefined && entry.cron === known?.cron && entry.timezone === known.timezone;
      return isSame ? [{ entry, ticks }] : [];
    });
  });
  // As they stand in the files: the stores keep keys in orders of their own.
  return silent.toSorted((a, b) => inForce.indexOf(a.entry) - inForce.indexOf(b.entry));
}

/** For the record, after one tick: in words that stay the same while it is silent. */
export function lostTickSentence(silent: OverdueSchedule): string {
  return (
    `${sinceWords(silent)} GitHub drops some ticks; where the next one has no run either, see whether the ` +
    'workflow is disabled.'
  );
}

/** For an alert, after more than one tick. */
export function silenceSentence(silent: OverdueSchedule): string {
  return `${sinceWords(silent)} GitHub has dropped them, or the workflow is disabled.`;
}

function sinceWords({ entry, ticks }: OverdueSchedule): string {
  const since = new Date(ticks[0]?.tick ?? 0).toISOString();
  const [day, time] = since.split('T');
  return (
    `\`${entry.cron}\` of \`${fileName(entry.path)}\` is silent: no run has come for its tick of ${day} ` +
    `${time?.slice(0, 'HH:MM'.length)} UTC, nor for a later one.`
  );
}

/** Whether an alarm of this silence stands in the record already. */
export function isSilenceNoted({ audit }: Pick<RepositoryState, 'audit'>, silent: OverdueSchedule): boolean {
  const sentence = lostTickSentence(silent);
  return audit.some(({ kind, what }) => kind === 'alarm' && what === sentence);
}
