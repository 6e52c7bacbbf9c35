import { z } from 'zod';
import { counted, QuantileSketch, together } from './quantile-sketch.ts';
import { type Run, succeeded, trainingSeconds } from './run.ts';

/** What remains of runs that are too old to be kept one by one: one kind of one workflow file's in one UTC month. */
export const OlderRuns = z.object({
  /** `ALL_FILES` where the months of several files were put together. */
  path: z.string(),
  /** `2026-11`. */
  month: z.string(),
  /** Scheduled ones often do other work. `all`: sums of an earlier version, which did not tell them apart. */
  kind: z.enum(['schedule', 'other', 'all']).default('all'),
  runs: z.number().int().positive(),
  /** Of first attempts: later ones tell nothing of a run's chance. */
  successes: z.number().int().nonnegative(),
  failures: z.number().int().nonnegative(),
  /** Runs that tell how long the work takes, and the sum of these. */
  timedRuns: z.number().int().nonnegative(),
  totalSeconds: z.number().nonnegative(),
  /** The same durations; empty in sums of an earlier version. */
  durationSeconds: QuantileSketch.default({}),
  /** Lateness of the runs whose tick is known for sure. */
  latenessMinutes: QuantileSketch.default({}),
  /** Creation of the newest of them, epoch ms; 0 where it was not noted. */
  newestAt: z.number().default(0),
});
export type OlderRuns = z.infer<typeof OlderRuns>;

/** Stands where a path would. */
const ALL_FILES = '*';
/** Months kept apart by file, for a repository; three years of forty files of either kind. */
const MONTHS_KEPT = 3_000;
/** The list may grow by this share before it is cut, so that not every run pays for a cut. */
const SLACK = 0.1;
const MONTH_LENGTH = 'YYYY-MM'.length;
const MS_PER_MINUTE = 60_000;

/** `older` with `runs` added up into it; the order of the runs does not matter. */
export function rollUp(older: readonly OlderRuns[], runs: readonly Run[]): readonly OlderRuns[] {
  return addUp([...older, ...runs.map(monthOfOne)]);
}

/** One record for each file, month and kind. */
export function addUp(months: readonly OlderRuns[]): readonly OlderRuns[] {
  const byKey = new Map<string, OlderRuns>();
  for (const month of months) {
    const key = olderRunsKey(month);
    const before = byKey.get(key);
    byKey.set(key, before === undefined ? month : sum(before, month));
  }
  return [...byKey.values()];
}

/** Within a bound: of the oldest months, where there are too many records, what all files have in common remains. */
export function withinMonths(older: readonly OlderRuns[], most = MONTHS_KEPT): readonly OlderRuns[] {
  if (older.length <= most * (1 + SLACK)) return older;
  const oldestFirst = older.toSorted((a, b) => (a.month < b.month ? -1 : 1));
  // The whole of a month goes: which of its files are still told apart must not hang on their names.
  const last = oldestFirst[oldestFirst.length - most - 1]?.month ?? '';
  return addUp(oldestFirst.map((one) => (one.month <= last ? { ...one, path: ALL_FILES } : one)));
}

/** Whether a run that is not kept one by one may be among those that were rolled up: newer ones of its file were. */
export function wasRolledUp(older: readonly OlderRuns[], run: Pick<Run, 'path' | 'createdAt'>): boolean {
  return older.some(
    ({ path, newestAt }) => (path === run.path || path === ALL_FILES) && run.createdAt <= newestAt,
  );
}

/** Names one record among a repository's. */
export function olderRunsKey({ month, kind, path }: Pick<OlderRuns, 'month' | 'kind' | 'path'>): string {
  return `${month} ${kind} ${path}`;
}

function monthOfOne(run: Run): OlderRuns {
  const first = run.attempt === 1;
  const outcome = first ? succeeded(run.conclusion) : null;
  const seconds = trainingSeconds(run);
  const lateness =
    first && run.tick !== null && !run.ambiguous ? (run.createdAt - run.tick) / MS_PER_MINUTE : null;
  return {
    path: run.path,
    month: new Date(run.createdAt).toISOString().slice(0, MONTH_LENGTH),
    kind: run.event === 'schedule' ? 'schedule' : 'other',
    runs: 1,
    successes: outcome === true ? 1 : 0,
    failures: outcome === false ? 1 : 0,
    timedRuns: seconds === null ? 0 : 1,
    totalSeconds: seconds ?? 0,
    durationSeconds: seconds === null ? {} : counted({}, seconds),
    latenessMinutes: lateness === null ? {} : counted({}, lateness),
    newestAt: run.createdAt,
  };
}

function sum(one: OlderRuns, other: OlderRuns): OlderRuns {
  return {
    ...one,
    runs: one.runs + other.runs,
    successes: one.successes + other.successes,
    failures: one.failures + other.failures,
    timedRuns: one.timedRuns + other.timedRuns,
    totalSeconds: one.totalSeconds + other.totalSeconds,
    durationSeconds: together(one.durationSeconds, other.durationSeconds),
    latenessMinutes: together(one.latenessMinutes, other.latenessMinutes),
    newestAt: Math.max(one.newestAt, other.newestAt),
  };
}
