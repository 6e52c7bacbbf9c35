import { type Run, succeeded } from '../../history/run.ts';
import { DAY_MS, MINUTE_MS } from '../../time.ts';
import type { Series, SeriesRun } from './series.ts';
import { RunningTime } from './shared-minutes.ts';

/** Further back than this a baseline does not reach: a weekly schedule has twelve runs in it. */
const LOOK_BACK_MS = 90 * DAY_MS;

/** Schedules to be told apart: those that a proposal has moved, and those that nobody has touched since. */
export interface WhoMoved {
  readonly moved: ReadonlySet<string>;
  /** Moved or edited by others meanwhile: they tell neither. */
  readonly unsettled: ReadonlySet<string>;
  /** When the merge came into force, epoch ms. */
  readonly since: number;
}

/** The series of the moved schedules, and of those left alone, from a repository's history. */
export function seriesOfRuns(
  history: Iterable<Run>,
  { moved, unsettled, since }: WhoMoved,
): { readonly moved: readonly Series[]; readonly beside: readonly Series[] } {
  const runs = [...history].filter((run) => run.createdAt >= since - LOOK_BACK_MS);
  const isMoved = (run: Run): boolean => run.scheduleKey !== null && moved.has(run.scheduleKey);
  const all = new RunningTime(runs);
  // A schedule left alone gains when another moves away: what it shares with the moved ones is no drift.
  const unmoved = new RunningTime(runs.filter((run) => !isMoved(run)));
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

/** What schedules of other repositories tell: how late GitHub is, and nothing else. */
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
    // A failed run stops somewhere on its way: its length tells of the failure, not of the work.
    seconds: good === true && run.durationSeconds !== null ? run.durationSeconds : null,
    minutesLate:
      run.tick === null || run.ambiguous ? null : Math.max(0, (run.createdAt - run.tick) / MINUTE_MS),
    minutesShared: Math.max(0, others.minutesBetween(run.startedAt, ended) - own),
  };
}
