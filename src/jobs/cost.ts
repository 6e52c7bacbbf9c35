import { numberIn } from '../forecast/number-list.ts';
import { mean, sampleVariance, Z95 } from '../statistics.ts';
import { DAY_MS, WEEK_MS } from '../time.ts';
import type { JobTrack } from './job-track.ts';
import type { WorkflowJobs } from './learned-jobs.ts';

/** USD a minute of a job on runners with these labels. */
export type PriceOf = (labels: readonly string[]) => number;

/** What one run of a workflow takes, its jobs rounded up to whole minutes each as GitHub bills them. */
export interface RunCost {
  readonly minutes: number;
  readonly usd: number;
  /** Runs behind it. */
  readonly observations: number;
  /** The same by labels, as `labelsKey` writes them, the dearest first. */
  readonly byLabels: readonly { readonly labels: string; readonly minutes: number; readonly usd: number }[];
}

/** Newest runs that the mean is taken of: a workflow that was made shorter costs less at once. */
const RUNS_WEIGHED = 20;

/** Mean cost of the newest runs of a workflow; `null` where none of its jobs was seen. */
export function runCost({ jobs }: Pick<WorkflowJobs, 'jobs'>, priceOf: PriceOf): RunCost | null {
  const tracks = Object.values(jobs);
  const starts = new Map(
    tracks.flatMap(({ runs, at }) => runs.map((run, place) => [run, numberIn(at, place)] as const)),
  );
  const newest = [...starts].sort(([, a], [, b]) => b - a).slice(0, RUNS_WEIGHED);
  if (newest.length === 0) return null;
  const counted = new Set(newest.map(([run]) => run));
  const minutesBy = new Map<string, number>();
  for (const track of tracks) {
    const minutes = billedIn(track, counted) / counted.size;
    if (minutes > 0) minutesBy.set(track.labels, (minutesBy.get(track.labels) ?? 0) + minutes);
  }
  const byLabels = [...minutesBy]
    .map(([labels, minutes]) => ({ labels, minutes, usd: minutes * priceOf(labelList(labels)) }))
    .sort((a, b) => b.usd - a.usd || b.minutes - a.minutes);
  return { ...totalOf(byLabels), observations: counted.size, byLabels };
}

function billedIn({ runs, billed }: JobTrack, counted: ReadonlySet<number>): number {
  return runs.reduce((sum, run, place) => sum + (counted.has(run) ? numberIn(billed, place) : 0), 0);
}

/** The labels in a key of `labelsKey`. */
export function labelList(key: string): readonly string[] {
  return key === '' ? [] : key.split(',');
}

function totalOf(
  parts: readonly { readonly minutes: number; readonly usd: number }[],
): Pick<RunCost, 'minutes' | 'usd'> {
  return {
    minutes: parts.reduce((sum, { minutes }) => sum + minutes, 0),
    usd: parts.reduce((sum, { usd }) => sum + usd, 0),
  };
}

/** What was billed in one month. */
export interface MonthCost {
  /** UTC, `2026-11`. */
  readonly month: string;
  readonly minutes: number;
  readonly usd: number;
}

/** Billed minutes by UTC month as they were observed, oldest first; at the prices of today. */
export function monthCosts({ months }: Pick<WorkflowJobs, 'months'>, priceOf: PriceOf): readonly MonthCost[] {
  return Object.entries(months)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([month, byLabels]) => ({
      month,
      ...totalOf(
        Object.entries(byLabels).map(([labels, { minutes }]) => ({
          minutes,
          usd: minutes * priceOf(labelList(labels)),
        })),
      ),
    }));
}

/** Minutes expected in the next month, with the interval of nine months in ten. */
export interface MonthForecast {
  readonly minutes: number;
  readonly low: number;
  readonly high: number;
  readonly runs: number;
  /** Whole weeks behind it. */
  readonly weeks: number;
}

const WEEKS_WEIGHED = 8;
const LEAST_WEEKS = 2;
/** A month is as long as a twelfth of a year. */
const WEEKS_A_MONTH = 365.25 / 12 / 7;

/**
 * Forecast of the month after `now` (epoch ms): runs of the last whole weeks times what a run takes. `starts` are
 * those of all runs of the workflow that are kept, epoch ms. `null` of fewer than two whole weeks.
 */
export function nextMonth(
  starts: Iterable<number>,
  minutesPerRun: number,
  now: number,
): MonthForecast | null {
  const all = [...starts];
  const first = all.reduce((least, at) => Math.min(least, at), now);
  // Not more than what is surely known: the week in which the first run came was not watched whole.
  const weeks = Math.min(WEEKS_WEIGHED, Math.floor((now - first + DAY_MS) / WEEK_MS));
  if (weeks < LEAST_WEEKS) return null;
  const counts = new Array<number>(weeks).fill(0);
  for (const at of all) {
    const week = Math.floor((now - 1 - at) / WEEK_MS);
    if (week >= 0 && week < weeks) counts[week] = (counts[week] ?? 0) + 1;
  }
  const runs = WEEKS_A_MONTH * mean(counts);
  // Weeks vary around their mean, which itself is known from a few of them. Counts vary at least as rare events do,
  // in part.
  const variance = Math.max(sampleVariance(counts), 0.25 * mean(counts));
  const margin = Z95 * (1 + 2 / weeks) * Math.sqrt(variance * (WEEKS_A_MONTH + WEEKS_A_MONTH ** 2 / weeks));
  return {
    minutes: runs * minutesPerRun,
    low: Math.max(0, runs - margin) * minutesPerRun,
    high: (runs + margin) * minutesPerRun,
    runs,
    weeks,
  };
}
