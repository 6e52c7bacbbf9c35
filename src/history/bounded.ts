import { z } from 'zod';
import { type Run, succeeded } from './run.ts';

/**
 * Counts of positive values in buckets whose bounds grow by a tenth: any quantile is known within 5 %, and the
 * size depends on the range alone (the idea of DDSketch, Masson et al. 2019).
 */
export const QuantileSketch = z.record(z.string(), z.number().int().positive());
export type QuantileSketch = z.infer<typeof QuantileSketch>;

/** What is kept of one workflow's older runs of one month. */
export const MonthOfRuns = z.object({
  workflowId: z.number().int().nonnegative(),
  path: z.string(),
  /** UTC month, `YYYY-MM`. */
  month: z.string(),
  event: z.enum(['schedule', 'other']),
  runs: z.number().int().nonnegative(),
  successes: z.number().int().nonnegative(),
  failures: z.number().int().nonnegative(),
  durationSeconds: QuantileSketch,
  /** Lateness of the runs whose tick is known for sure, minutes. */
  latenessMinutes: QuantileSketch,
});
export type MonthOfRuns = z.infer<typeof MonthOfRuns>;

export interface BoundedHistory {
  readonly runs: readonly Run[];
  readonly months: readonly MonthOfRuns[];
}

/** Runs kept whole, per workflow. */
export const RUNS_KEPT = 500;

const BUCKET_GROWTH = Math.log(1.1);
/** Values below a second, or a minute, are no duration or lateness worth telling apart. */
const LEAST_VALUE = 1;
const MS_PER_MINUTE = 60_000;

/** Keeps the newest `RUNS_KEPT` runs of each workflow whole and rolls the older ones up by month; loses none. */
export function boundHistory(history: BoundedHistory): BoundedHistory {
  const byWorkflow = Map.groupBy(history.runs, (run) => run.workflowId);
  const months = new Map(history.months.map((month) => [nameOf(month), month]));
  const rolledUp = new Set<Run>();
  for (const runs of byWorkflow.values()) {
    if (runs.length <= RUNS_KEPT) continue;
    const newestFirst = runs.toSorted((a, b) => b.createdAt - a.createdAt || b.id - a.id);
    for (const run of newestFirst.slice(RUNS_KEPT)) {
      // A run still going is not history yet.
      if (run.endedAt === null) continue;
      rolledUp.add(run);
      const month = emptyMonth(run);
      months.set(nameOf(month), addRun(months.get(nameOf(month)) ?? month, run));
    }
  }
  if (rolledUp.size === 0) return history;
  return { runs: history.runs.filter((run) => !rolledUp.has(run)), months: [...months.values()] };
}

/** The value below which the given share of the counted values lie, within 5 %; `null` of an empty sketch. */
export function sketchQuantile(sketch: QuantileSketch, level: number): number | null {
  const buckets = Object.entries(sketch)
    .map(([bucket, count]) => ({ bucket: Number(bucket), count }))
    .sort((a, b) => a.bucket - b.bucket);
  const total = buckets.reduce((sum, one) => sum + one.count, 0);
  let below = 0;
  for (const { bucket, count } of buckets) {
    below += count;
    if (below >= level * total) return Math.exp((bucket + 0.5) * BUCKET_GROWTH);
  }
  return null;
}

function addRun(month: MonthOfRuns, run: Run): MonthOfRuns {
  // Attempts after the first tell nothing of a first attempt's length or chance.
  const first = run.attempt === 1;
  const success = first ? succeeded(run.conclusion) : null;
  const lateness =
    first && run.tick !== null && !run.ambiguous ? (run.createdAt - run.tick) / MS_PER_MINUTE : null;
  return {
    ...month,
    runs: month.runs + 1,
    successes: month.successes + (success === true ? 1 : 0),
    failures: month.failures + (success === false ? 1 : 0),
    durationSeconds: counted(month.durationSeconds, success === null ? null : run.durationSeconds),
    latenessMinutes: counted(month.latenessMinutes, lateness),
  };
}

function counted(sketch: QuantileSketch, value: number | null): QuantileSketch {
  if (value === null) return sketch;
  const bucket = String(Math.floor(Math.log(Math.max(LEAST_VALUE, value)) / BUCKET_GROWTH));
  return { ...sketch, [bucket]: (sketch[bucket] ?? 0) + 1 };
}

function emptyMonth(run: Run): MonthOfRuns {
  return {
    workflowId: run.workflowId,
    path: run.path,
    month: new Date(run.createdAt).toISOString().slice(0, 'YYYY-MM'.length),
    event: run.event === 'schedule' ? 'schedule' : 'other',
    runs: 0,
    successes: 0,
    failures: 0,
    durationSeconds: {},
    latenessMinutes: {},
  };
}

function nameOf(month: MonthOfRuns): string {
  return [month.workflowId, month.path, month.month, month.event].join('|');
}
