import { Z75, Z95 } from '../statistics.ts';
import type { Quantiles } from './types.ts';

/** Standard normal scores of the five quantiles a forecast names. */
const SCORES = [-Z95, -Z75, 0, Z75, Z95] as const;
/** Beyond the 1 % and 99 % points nothing is known: the tail ends there. */
const FURTHEST_SCORE = 2.33;

function logs(quantiles: Quantiles): readonly [number, number, number, number, number] {
  const { q05, q25, q50, q75, q95 } = quantiles;
  // Lateness can be a few seconds negative where clocks differ; planning has no use for that.
  const log = (value: number): number => Math.log1p(Math.max(0, value));
  return [log(q05), log(q25), log(q50), log(q75), log(q95)];
}

/** The quantile at score `z`, whose logarithm is linear between the five known ones and beyond; not negative. */
export function quantileAtScore(quantiles: Quantiles, z: number): number {
  const values = logs(quantiles);
  const score = Math.min(Math.max(z, -FURTHEST_SCORE), FURTHEST_SCORE);
  const from = score < SCORES[1] ? 0 : score < SCORES[2] ? 1 : score < SCORES[3] ? 2 : 3;
  const [z0, z1] = [SCORES[from] as number, SCORES[from + 1] as number];
  const [v0, v1] = [values[from] as number, values[from + 1] as number];
  return Math.max(0, Math.expm1(v0 + ((score - z0) / (z1 - z0)) * (v1 - v0)));
}

/** P(value ≤ x), the inverse of `quantileAtScore`, 0–1. */
export function shareBelow(quantiles: Quantiles, x: number): number {
  if (x < 0) return 0;
  const values = logs(quantiles);
  const value = Math.log1p(x);
  // The segment whose upper end is not below; values that coincide make it a step, taken at its upper end.
  let from = 0;
  while (from < 3 && value >= (values[from + 1] as number)) from += 1;
  const [z0, z1] = [SCORES[from] as number, SCORES[from + 1] as number];
  const [v0, v1] = [values[from] as number, values[from + 1] as number];
  if (v1 === v0) return value < v0 ? 0 : 1;
  const score = z0 + ((value - v0) / (v1 - v0)) * (z1 - z0);
  if (score < -FURTHEST_SCORE) return 0;
  if (score >= FURTHEST_SCORE) return 1;
  return normalShare(score);
}

/** The standard normal distribution function (Abramowitz & Stegun 26.2.17; error below 1e-7). */
export function normalShare(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  const tail =
    density *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z >= 0 ? 1 - tail : tail;
}

/** Scores of the middles of four equally likely slices: what stands for a whole distribution in sums. */
export const SLICE_SCORES = [-1.1503, -0.3186, 0.3186, 1.1503] as const;

/** Quantiles each changed by a function of the value and its standard normal score. */
export function mapQuantiles(
  { q05, q25, q50, q75, q95 }: Quantiles,
  change: (value: number, score: number) => number,
): Quantiles {
  return {
    q05: change(q05, -Z95),
    q25: change(q25, -Z75),
    q50: change(q50, 0),
    q75: change(q75, Z75),
    q95: change(q95, Z95),
  };
}

/** Quantiles of a normal distribution. */
export function normalQuantiles(centre: number, spread: number): Quantiles {
  const at = (score: number): number => centre + score * spread;
  return { q05: at(-Z95), q25: at(-Z75), q50: at(0), q75: at(Z75), q95: at(Z95) };
}

/** Mean of a quantity over its slices. */
export function meanOf(quantiles: Quantiles): number {
  let sum = 0;
  for (const score of SLICE_SCORES) sum += quantileAtScore(quantiles, score);
  return sum / SLICE_SCORES.length;
}
