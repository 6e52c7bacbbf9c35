import { numberIn, numberList } from './number-list.ts';

/** The newest values of a series, oldest first, at most `RECENT_VALUES`. */
export const RecentValues = numberList();
export type RecentValues = readonly number[];

/** Values kept: the longest window that an expert or the interval looks back on. */
export const RECENT_VALUES = 40;

/** Values are kept to 0.01 % (in log units): more digits would only make the written state longer. */
const GRAINS = 1e4;

/** The values with one more, without the oldest beyond `limit`. */
export function withNewest(values: RecentValues, value: number, limit: number = RECENT_VALUES): RecentValues {
  const kept = Math.round(value * GRAINS) / GRAINS;
  const surplus = values.length + 1 - limit;
  if (surplus <= 0) return [...values, kept];
  // A push onto a copy would leave room for half as many again in every list that is kept.
  const next = values.slice(surplus - 1);
  for (let i = 1; i < limit; i++) next[i - 1] = next[i] as number;
  next[limit - 1] = kept;
  return next;
}

/** The newest `count` values, ascending. */
export function sortNewest(values: RecentValues, count: number): readonly number[] {
  return sortAscending(values.slice(Math.max(0, values.length - count)));
}

/** Sorts the caller's own list in place and returns it. Insertion sort: the lists are short. */
export function sortAscending(own: number[]): readonly number[] {
  for (let i = 1; i < own.length; i++) {
    const value = own[i] as number;
    let j = i - 1;
    for (; j >= 0; j--) {
      const before = own[j] as number;
      if (before <= value) break;
      own[j + 1] = before;
    }
    own[j + 1] = value;
  }
  return own;
}

/** Median of ascending values from one index to before another; 0 of none. */
export function sortedMedian(
  sorted: readonly number[],
  from: number = 0,
  to: number = sorted.length,
): number {
  const length = to - from;
  if (length === 0) return 0;
  const middle = from + (length >> 1);
  return length % 2 === 1
    ? numberIn(sorted, middle)
    : (numberIn(sorted, middle - 1) + numberIn(sorted, middle)) / 2;
}

/** Quantile of ascending values, at least one, median-unbiased (type 8 of Hyndman and Fan 1996). */
export function sortedQuantile(sorted: readonly number[], level: number): number {
  const { length } = sorted;
  const position = (length + 1 / 3) * level + 1 / 3;
  const below = Math.max(1, Math.min(length, Math.floor(position)));
  const above = Math.min(length, below + 1);
  const share = Math.max(0, Math.min(1, position - below));
  return numberIn(sorted, below - 1) * (1 - share) + numberIn(sorted, above - 1) * share;
}
