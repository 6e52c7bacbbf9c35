import { median } from '../statistics.ts';
import { inOrder } from '../workflow/job-graph.ts';
import type { JobGraph } from './graph.ts';
import { forecastNext } from './job-forecast.ts';
import { type JobModel, runsOf } from './job-model.ts';

/** Times of each job in one run, seconds. */
interface JobTimes {
  readonly work: readonly number[];
  readonly queue: readonly number[];
}

/**
 * Expected seconds from the first job's start to the last one's end of the next run, at `at` (epoch ms): the
 * geometric mean of two forecasts. 0 where no run is known. The forecasts:
 *
 * - from each past run, with each job at its present level;
 * - from the series of the times that past runs would have taken in the present graph. An edit of `needs` changes
 *   this one at once.
 */
export function makespanMedian(graph: JobGraph, models: readonly JobModel[], at: number): number {
  const runs = runsOf(models);
  const order = inOrder(graph.nodes);
  const spanIn = (times: JobTimes): number => spanOf(graph, order, times);
  const levelled = runs.map((run) =>
    spanIn(timesOf(models, run, ({ level, residuals }) => sum(level, residuals.get(run)))),
  );
  const past = runs.map((run) => ({
    at: startOf(models, run),
    seconds: spanIn(timesOf(models, run, ({ work }) => work.get(run) ?? null)),
  }));
  const forecast = forecastNext(past, at);
  const now = median(levelled.filter((seconds) => seconds > 0));
  if (forecast === null || now <= 0) return forecast?.q50 ?? now;
  return Math.sqrt(now * forecast.q50);
}

function timesOf(
  models: readonly JobModel[],
  run: number,
  logWork: (model: JobModel) => number | null,
): JobTimes {
  const logs = models.map(logWork);
  return {
    work: logs.map((log) => (log === null ? 0 : Math.exp(log))),
    queue: models.map(({ queues }) => queues.get(run) ?? 0),
  };
}

function sum(level: number | null, residual: number | undefined): number | null {
  return level === null || residual === undefined ? null : level + residual;
}

function startOf(models: readonly JobModel[], run: number): number {
  return Math.min(
    ...models.flatMap(({ samples }) => samples.filter((one) => one.run === run).map((one) => one.at)),
  );
}

function spanOf({ nodes }: JobGraph, order: readonly number[], { work, queue }: JobTimes): number {
  const ends = nodes.map(() => 0);
  let [first, last] = [Number.POSITIVE_INFINITY, 0];
  for (const at of order) {
    const needs = nodes[at]?.needs ?? [];
    const start = Math.max(0, ...needs.map((need) => ends[need] ?? 0));
    const [waits, works] = [queue[at] ?? 0, work[at] ?? 0];
    const end = start + waits + works;
    ends[at] = end;
    if (works === 0) continue;
    first = Math.min(first, start + waits);
    last = Math.max(last, end);
  }
  return Number.isFinite(first) ? last - first : 0;
}
