import { z } from 'zod';
import { MINUTE_MS } from '../time.ts';
import type { Rename } from './identity.ts';
import { mergedSketches, QuantileSketch, withValue } from './quantile-sketch.ts';
import { type Run, succeeded, trainingSeconds } from './run.ts';

/** Sums over runs that are too old to be kept one by one: those of one kind, workflow file and UTC month. */
export const OlderRuns = z.object({
  /** `ALL_FILES` where the sums of all files were merged. */
  path: z.string(),
  /** `2026-11`. */
  month: z.string(),
  /** Scheduled runs often do other work. */
  kind: z.enum(['schedule', 'other']),
  runs: z.number().int().positive(),
  /** Of first attempts: later ones say nothing of a run's chance to succeed. */
  successes: z.number().int().nonnegative(),
  failures: z.number().int().nonnegative(),
  /** Runs with a known duration of their work, and the sum of these durations. */
  timedRuns: z.number().int().nonnegative(),
  totalSeconds: z.number().nonnegative(),
  /** The same durations. */
  durationSeconds: QuantileSketch,
  /** Lateness of the runs whose tick is known for sure. */
  latenessMinutes: QuantileSketch,
  /** Creation of the newest of them, epoch ms. */
  newestAt: z.number(),
});
export type OlderRuns = z.infer<typeof OlderRuns>;

/** In place of a path. */
const ALL_FILES = '*';
/** Most records of a repository: three years of forty files of either kind. */
const MONTHS_KEPT = 3_000;
/** The list may grow by this share before it is cut, so that it is not cut at every run. */
const SLACK = 0.1;
const MONTH_LENGTH = 'YYYY-MM'.length;

/** `older` with `runs` added to it, in whatever order. */
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

/** The records with those of renamed files under the new path. */
export function renameFiles(older: readonly OlderRuns[], renames: readonly Rename[]): readonly OlderRuns[] {
  const paths = new Map(renames.map(({ from, to }) => [from, to]));
  if (older.every(({ path }) => !paths.has(path))) return older;
  return addUp(older.map((one) => ({ ...one, path: paths.get(one.path) ?? one.path })));
}

/** The records within a bound: where there are too many, the files of the oldest months are merged. */
export function withinMonths(older: readonly OlderRuns[], most = MONTHS_KEPT): readonly OlderRuns[] {
  if (older.length <= most * (1 + SLACK)) return older;
  const oldestFirst = older.toSorted((a, b) => (a.month < b.month ? -1 : 1));
  // Whole months are merged: which files stay apart must not depend on their names.
  const last = oldestFirst[oldestFirst.length - most - 1]?.month ?? '';
  return addUp(oldestFirst.map((one) => (one.month <= last ? { ...one, path: ALL_FILES } : one)));
}

/** Whether a run that is not kept may be in these sums: newer runs of its file are. */
export function wasRolledUp(older: readonly OlderRuns[], run: Pick<Run, 'path' | 'createdAt'>): boolean {
  return older.some(
    ({ path, newestAt }) => (path === run.path || path === ALL_FILES) && run.createdAt <= newestAt,
  );
}

/** Identifies one record within a repository. */
export function olderRunsKey({ month, kind, path }: Pick<OlderRuns, 'month' | 'kind' | 'path'>): string {
  return `${month} ${kind} ${path}`;
}

function monthOfOne(run: Run): OlderRuns {
  const first = run.attempt === 1;
  const outcome = first ? succeeded(run.conclusion) : null;
  const seconds = trainingSeconds(run);
  const lateness =
    first && run.tick !== null && !run.ambiguous ? (run.createdAt - run.tick) / MINUTE_MS : null;
  return {
    path: run.path,
    month: new Date(run.createdAt).toISOString().slice(0, MONTH_LENGTH),
    kind: run.event === 'schedule' ? 'schedule' : 'other',
    runs: 1,
    successes: outcome === true ? 1 : 0,
    failures: outcome === false ? 1 : 0,
    timedRuns: seconds === null ? 0 : 1,
    totalSeconds: seconds ?? 0,
    durationSeconds: seconds === null ? {} : withValue({}, seconds),
    latenessMinutes: lateness === null ? {} : withValue({}, lateness),
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
    durationSeconds: mergedSketches(one.durationSeconds, other.durationSeconds),
    latenessMinutes: mergedSketches(one.latenessMinutes, other.latenessMinutes),
    newestAt: Math.max(one.newestAt, other.newestAt),
  };
}
