import { type Run, succeeded } from '../../history/run.ts';
import { DAY_MS, MINUTE_MS } from '../../time.ts';
import type { Series, SeriesRun } from './series.ts';
import { RunningTime } from './shared-minutes.ts';

/** How far back a baseline reaches: a weekly schedule has twelve runs in it. */
const LOOK_BACK_MS = 90 * DAY_MS;

/** Which schedules a proposal has moved, and which serve as no comparison. */
export interface MovedSchedules {
  readonly moved: ReadonlySet<string>;
  /** Moved or edited in other ways meanwhile: neither moved nor unmoved. */
  readonly unsettled: ReadonlySet<string>;
  /** When the merge came into force, epoch ms. */
  readonly since: number;
}

/** The series of the moved schedules and of the unmoved ones (`beside`), from a repository's history. */
export function seriesOfRuns(
  history: Iterable<Run>,
  { moved, unsettled, since }: MovedSchedules,
): { readonly moved: readonly Series[]; readonly beside: readonly Series[] } {
  const runs = [...history].filter((run) => run.createdAt >= since - LOOK_BACK_MS);
  const isMoved = (run: Run): boolean => run.scheduleKey !== null && moved.has(run.scheduleKey);
  // Where the duration of a run is not known, its end is not the end of its work.
  const timed = runs.filter(({ durationSeconds }) => durationSeconds !== null);
  const all = new RunningTime(timed);
  // An unmoved schedule overlaps less when another moves away: its overlap with the moved ones is no drift.
  const unmoved = new RunningTime(timed.filter((run) => !isMoved(run)));
  const byKey = new Map<string, SeriesRun[]>();
  for (const run of runs) {
    if (run.scheduleKey === null || run.attempt !== 1 || run.endedAt === null) continue;
    const list = byKey.get(run.scheduleKey) ?? [];
    list.push(seriesRun(run, isMoved(run) ? all : unmoved));
    byKey.set(run.scheduleKey, list);
  }
  const series = [...byKey].map(([key, list]): Series => ({ key, runs: list.sort((a, b) => a.at - b.at) }));
  return {
    moved: [...moved].map((key) => series.find((one) => one.key === key) ?? { key, runs: [] }),
    beside: series.filter(({ key }) => !moved.has(key) && !unsettled.has(key)),
  };
}

/** A series of another repository: its lateness only, as nothing else can be compared. */
export function latenessOnly({ key, runs }: Series): Series {
  return {
    key,
    runs: runs.map(({ at, minutesLate }) => ({
      at,
      minutesLate,
      failed: null,
      seconds: null,
      minutesShared: null,
    })),
  };
}

function seriesRun(run: Run, others: RunningTime): SeriesRun {
  const good = succeeded(run.conclusion);
  const ended = run.endedAt ?? run.startedAt;
  const own = Math.max(0, ended - run.startedAt) / MINUTE_MS;
  return {
    at: run.createdAt,
    failed: good === null ? null : !good,
    // A failed run stops early: its length says nothing of the work.
    seconds: good === true && run.durationSeconds !== null ? run.durationSeconds : null,
    minutesLate:
      run.tick === null || run.ambiguous ? null : Math.max(0, (run.createdAt - run.tick) / MINUTE_MS),
    minutesShared:
      run.durationSeconds === null ? null : Math.max(0, others.minutesBetween(run.startedAt, ended) - own),
  };
}
