import { cumulativeStdNormalProbability } from 'simple-statistics';
import type { Trend } from './strategy.ts';

/** Errors in each of the two windows compared. */
export const TREND_WINDOW = 20;
/** Chance that a record without any change is called a change, two-sided. */
const SIGNIFICANCE = 0.05;

/**
 * Compares the newest window of errors with the one before by a Mann–Whitney test (normal approximation with
 * correction for ties): errors are skewed, so ranks say more than means. `stable` until both windows are full.
 */
export function trendOf(errors: readonly number[]): Trend {
  if (errors.length < 2 * TREND_WINDOW) return 'stable';
  const older = errors.slice(-2 * TREND_WINDOW, -TREND_WINDOW);
  const newer = errors.slice(-TREND_WINDOW);
  const z = rankSumScore(newer, older);
  const p = 2 * (1 - cumulativeStdNormalProbability(Math.abs(z)));
  if (p >= SIGNIFICANCE) return 'stable';
  return z < 0 ? 'improving' : 'declining';
}

/** Standardised rank sum of `a` against `b`: positive where values of `a` tend to be larger; 0 where all are equal. */
function rankSumScore(a: readonly number[], b: readonly number[]): number {
  const all = [...a.map((value) => ({ value, ofA: true })), ...b.map((value) => ({ value, ofA: false }))];
  all.sort((left, right) => left.value - right.value);
  let rankSum = 0;
  let tied = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.value === all[from]?.value) to += 1;
    const rank = (from + 1 + to) / 2;
    for (let at = from; at < to; at += 1) if (all[at]?.ofA) rankSum += rank;
    tied += (to - from) ** 3 - (to - from);
    from = to;
  }
  const n = all.length;
  const expected = (a.length * (n + 1)) / 2;
  const variance = ((a.length * b.length) / 12) * (n + 1 - tied / (n * (n - 1)));
  return variance <= 0 ? 0 : (rankSum - expected) / Math.sqrt(variance);
}
