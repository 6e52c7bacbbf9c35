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

/** Least and greatest value that a run can have. */
export type Ends = readonly [least: number, greatest: number];

/** A run succeeds or not, is on time or not. */
export const SHARE_ENDS: Ends = [0, 1];
/** One share less another. */
export const DIFFERENCE_ENDS: Ends = [-1, 1];

/** With values that differ by no more than this, floating point aside, nothing is known of how they differ. */
const NO_SPREAD = 1e-9;

/** What is known of the values beside themselves. */
export interface Known {
  /** Variance of what all values were compared with. */
  readonly variance?: number;
  /** Ends of the values; missing where they have none. */
  readonly ends?: Ends;
}

/** A mean over runs and its 95 % interval; `null` of fewer than five days, and where values without ends are equal. */
export interface MeanOverDays {
  readonly mean: number;
  readonly interval: readonly [lower: number, upper: number] | null;
  readonly runs: number;
  readonly days: number;
}

/**
 * The mean over the runs of some days; `null` without one. Days are independent and their runs are not: GitHub is late
 * for all of them together. So the interval is that of a ratio estimate with days as clusters (Cochran, Sampling
 * Techniques, 6.3). Ten shares that are all 1 have no spread, and yet the eleventh may be 0: where values have ends, the
 * interval is that with one more day at each of them (Agresti and Caffo, American Statistician 54, 2000, for two
 * shares; Bonett and Price, J. Educ. Behav. Stat. 37, 2012, for pairs).
 */
export function meanOverDays(
  values: readonly DayValue[],
  { variance = 0, ends }: Known = {},
): MeanOverDays | null {
  const { runs, centre } = ratioOf(values);
  if (runs === 0) return null;
  const days = values.length;
  const known = { mean: centre, runs, days };
  if (days < LEAST_DAYS) return { ...known, interval: null };
  const { lower, upper } = intervalOf(ends === undefined ? values : withEnds(values, ends), variance);
  if (ends === undefined) return { ...known, interval: upper - lower < NO_SPREAD ? null : [lower, upper] };
  const [least, greatest] = DIFFERENCE_ENDS;
  return { ...known, interval: [Math.max(least, lower), Math.min(greatest, upper)] };
}

function ratioOf(values: readonly DayValue[]): { readonly runs: number; readonly centre: number } {
  const runs = values.reduce((sum, one) => sum + one.runs, 0);
  return { runs, centre: values.reduce((sum, one) => sum + one.runs * one.value, 0) / runs };
}

function intervalOf(
  values: readonly DayValue[],
  variance: number,
): { readonly lower: number; readonly upper: number } {
  const { runs, centre } = ratioOf(values);
  const days = values.length;
  const squares = values.reduce((sum, one) => sum + (one.runs * (one.value - centre)) ** 2, 0);
  const error = Math.sqrt(((squares / runs ** 2) * days) / (days - 1) + variance);
  const half = studentBound(days - 1) * error;
  return { lower: centre - half, upper: centre + half };
}

/** The days and one more at each end, with as many runs as they have in the mean. */
function withEnds(values: readonly DayValue[], ends: Ends): readonly DayValue[] {
  const runs = mean(values.map((one) => one.runs));
  return [...values, ...ends.map((value) => ({ day: Number.NaN, runs, value }))];
}

/** Values by day: the mean of each day's, oldest day first. */
export function byDay(
  values: readonly { readonly day: number; readonly value: number }[],
): readonly DayValue[] {
  return [...Map.groupBy(values, ({ day }) => day)]
    .map(([day, own]) => ({ day, runs: own.length, value: mean(own.map(({ value }) => value)) }))
    .sort((one, other) => one.day - other.day);
}

/** The mean of some days' values, each day once, and the variance of that mean: with one more day at each end. */
export function levelOf(
  values: readonly DayValue[],
  ends: readonly number[] = [],
): { readonly level: number; readonly variance: number } {
  const all = values.map(({ value }) => value);
  const spread = [...all, ...ends];
  return { level: mean(all), variance: all.length === 0 ? 0 : sampleVariance(spread) / spread.length };
}
