import type { Quantiles } from '../../src/forecast/types.ts';
import type { Series } from './series.ts';

/** Forecasts of one method for one series: `null` at index 0, which nothing can forecast. */
export type Forecasts = readonly (Quantiles | null)[];

export interface Score {
  readonly points: number;
  readonly mase: number;
  readonly within25: number;
  readonly pinball: number;
  readonly coverage: number;
  /** Coverage of the series at the tenth percentile. */
  readonly coverageP10: number;
  readonly coverage50: number;
  /** Coverage of indexes 1–10, pooled over the series. */
  readonly firstTen: number;
}

const FIRST_SCORED = 10;
const LEVELS = [
  ['q05', 0.05],
  ['q25', 0.25],
  ['q50', 0.5],
  ['q75', 0.75],
  ['q95', 0.95],
] as const;

/**
 * Scores as the R peers are scored: from index 10, each series counts once, absolute and pinball errors in
 * units of the series' mean step.
 */
export function score(series: readonly Series[], forecasts: ReadonlyMap<string, Forecasts>): Score {
  const perSeries: { mase: number; within25: number; pinball: number; inside: number; middle: number }[] = [];
  let points = 0;
  let early = 0;
  let earlyInside = 0;
  for (const one of series) {
    const made = forecasts.get(one.id) ?? [];
    const sums = { error: 0, within25: 0, pinball: 0, inside: 0, middle: 0, count: 0 };
    for (let t = 1; t < one.seconds.length; t++) {
      const actual = one.seconds[t] ?? 0;
      const quantiles = made[t];
      if (quantiles === null || quantiles === undefined)
        throw new Error(`${one.id}: no forecast of run ${t}`);
      const inside = actual >= quantiles.q05 && actual <= quantiles.q95;
      if (t <= FIRST_SCORED) {
        early++;
        if (inside) earlyInside++;
      }
      if (t < FIRST_SCORED) continue;
      const error = Math.abs(actual - quantiles.q50);
      sums.count++;
      sums.error += error;
      if (error <= 0.25 * actual) sums.within25++;
      if (inside) sums.inside++;
      if (actual >= quantiles.q25 && actual <= quantiles.q75) sums.middle++;
      for (const [name, level] of LEVELS) {
        const excess = actual - quantiles[name];
        sums.pinball += (excess * (level - (excess < 0 ? 1 : 0)) * 2) / LEVELS.length;
      }
    }
    if (sums.count === 0) continue;
    points += sums.count;
    perSeries.push({
      mase: sums.error / sums.count / one.scale,
      within25: sums.within25 / sums.count,
      pinball: sums.pinball / sums.count / one.scale,
      inside: sums.inside / sums.count,
      middle: sums.middle / sums.count,
    });
  }
  const mean = (pick: (row: (typeof perSeries)[number]) => number): number =>
    perSeries.reduce((total, row) => total + pick(row), 0) / perSeries.length;
  return {
    points,
    mase: mean((row) => row.mase),
    within25: mean((row) => row.within25),
    pinball: mean((row) => row.pinball),
    coverage: mean((row) => row.inside),
    coverageP10: tenthPercentile(perSeries.map((row) => row.inside)),
    coverage50: mean((row) => row.middle),
    firstTen: earlyInside / early,
  };
}

/** R's default quantile (type 7) at 0.1. */
function tenthPercentile(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = 0.1 * (sorted.length - 1);
  const low = sorted[Math.floor(position)] ?? 0;
  const high = sorted[Math.ceil(position)] ?? low;
  return low + (high - low) * (position - Math.floor(position));
}

/** Expected calibration error over ten equal bins: mean |said − happened|, weighted by the bin's size. */
export function calibrationError(
  pairs: readonly { readonly said: number; readonly happened: boolean }[],
): number {
  const bins = Array.from({ length: 10 }, () => ({ said: 0, happened: 0, count: 0 }));
  for (const pair of pairs) {
    const bin = bins[Math.min(9, Math.floor(pair.said * 10))];
    if (bin === undefined) continue;
    bin.said += pair.said;
    bin.happened += pair.happened ? 1 : 0;
    bin.count++;
  }
  return bins.reduce((total, bin) => total + Math.abs(bin.said - bin.happened), 0) / pairs.length;
}
