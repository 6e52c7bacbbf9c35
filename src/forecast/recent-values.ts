import { z } from 'zod';

/** The newest values of a series, oldest first, at most `RECENT_VALUES`. */
export const RecentValues = z.array(z.number());
export type RecentValues = z.infer<typeof RecentValues>;

/** Values kept: the longest window that an expert or the interval looks back on. */
export const RECENT_VALUES = 40;

/** Values are kept to 0.01 % (in log units): more digits would only make the written state longer. */
const GRAINS = 1e4;

/** Appends a value in place and drops the oldest beyond `limit`. */
export function remember(values: RecentValues, value: number, limit: number = RECENT_VALUES): void {
  values.push(Math.round(value * GRAINS) / GRAINS);
  if (values.length > limit) values.shift();
}

/**
 * Copies the newest `count` values into `into`, ascending, and returns how many there were. Insertion sort: the
 * windows are short, and nothing is allocated.
 */
export function sortNewest(values: RecentValues, count: number, into: Float64Array): number {
  const from = Math.max(0, values.length - count);
  const length = values.length - from;
  for (let i = 0; i < length; i++) {
    const value = values[from + i] ?? 0;
    let j = i - 1;
    while (j >= 0 && at(into, j) > value) {
      into[j + 1] = at(into, j);
      j--;
    }
    into[j + 1] = value;
  }
  return length;
}

/** Median of the first `length` values of an ascending array; 0 of none. */
export function sortedMedian(sorted: Float64Array, length: number, from: number = 0): number {
  if (length === 0) return 0;
  const middle = from + (length >> 1);
  return length % 2 === 1 ? at(sorted, middle) : (at(sorted, middle - 1) + at(sorted, middle)) / 2;
}

/**
 * Quantile of the first `length` values of an ascending array, median-unbiased (type 8 of Hyndman and Fan 1996,
 * "Sample quantiles in statistical packages").
 */
export function sortedQuantile(sorted: Float64Array, length: number, level: number): number {
  const position = (length + 1 / 3) * level + 1 / 3;
  const below = Math.max(1, Math.min(length, Math.floor(position)));
  const above = Math.min(length, below + 1);
  const share = Math.max(0, Math.min(1, position - below));
  return at(sorted, below - 1) * (1 - share) + at(sorted, above - 1) * share;
}

/** A typed array's element; the index is known to be in range. */
function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}
