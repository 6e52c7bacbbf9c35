import { mean, sampleVariance } from '../statistics.ts';
import { studentBound } from '../strategy/student.ts';

/** Days behind an interval at least: of fewer, one odd day decides. */
const LEAST_DAYS = 5;

/** What the runs of one UTC day gave in the mean. */
export interface DayValue {
  /** Days since the epoch. */
  readonly day: number;
  readonly runs: number;
  readonly value: number;
}

/** A mean over runs, and the 95 % interval of it; `null` of fewer than five days. */
export interface MeanOverDays {
  readonly mean: number;
  readonly interval: readonly [lower: number, upper: number] | null;
  readonly runs: number;
  readonly days: number;
}

/**
 * The mean over the runs of some days; `null` without one. Days are independent and their runs are not: GitHub is late
 * for all of them together. So the interval is that of a ratio estimate with days as clusters (Cochran, Sampling
 * Techniques, 6.3). `variance` is that of what all values were compared with.
 */
export function meanOverDays(values: readonly DayValue[], variance = 0): MeanOverDays | null {
  const runs = values.reduce((sum, one) => sum + one.runs, 0);
  if (runs === 0) return null;
  const centre = values.reduce((sum, one) => sum + one.runs * one.value, 0) / runs;
  const days = values.length;
  if (days < LEAST_DAYS) return { mean: centre, interval: null, runs, days };
  const squares = values.reduce((sum, one) => sum + (one.runs * (one.value - centre)) ** 2, 0);
  const error = Math.sqrt(((squares / runs ** 2) * days) / (days - 1) + variance);
  const half = studentBound(days - 1) * error;
  return { mean: centre, interval: [centre - half, centre + half], runs, days };
}

/** Values by day: the mean of each day's, oldest day first. */
export function byDay(
  values: readonly { readonly day: number; readonly value: number }[],
): readonly DayValue[] {
  return [...Map.groupBy(values, ({ day }) => day)]
    .map(([day, own]) => ({ day, runs: own.length, value: mean(own.map(({ value }) => value)) }))
    .sort((one, other) => one.day - other.day);
}

/** The mean of some days' values, each day once, and the variance of that mean. */
export function levelOf(values: readonly DayValue[]): { readonly level: number; readonly variance: number } {
  const all = values.map(({ value }) => value);
  return { level: mean(all), variance: all.length === 0 ? 0 : sampleVariance(all) / all.length };
}
