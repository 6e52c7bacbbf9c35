import { z } from 'zod';
import type { Immutable } from '../immutable.ts';
import { clamp } from '../statistics.ts';
import { numberIn, numberList } from './number-list.ts';
import { sortedQuantile, sortNewest, withNewest } from './recent-values.ts';
import type { Quantiles } from './types.ts';

/**
 * How far off a mixture's forecasts were: standardised residuals, their scale, and the levels of the two outer
 * quantiles, which adapt so that each tail holds its 5 % (adaptive conformal inference, Gibbs and Candès 2021).
 * Bounded, plain JSON.
 */
export const Interval = z.object({
  count: z.number().int().nonnegative(),
  /** Mean absolute residual, log units. */
  scale: z.number().positive(),
  /** Newest residuals in units of `scale`. */
  residuals: numberList(),
  /** Newest share of hits within 25 %: ones and zeros. */
  hits: numberList(),
  lowShift: z.number(),
  highShift: z.number(),
  least: z.number(),
  greatest: z.number(),
  /** Shape of the errors of other repositories, as `POOLED_RESIDUALS`; absent where nothing but that is known. */
  shape: numberList().optional(),
});
export type Interval = Immutable<z.infer<typeof Interval>>;

const QUARTILES = { low: 0.25, high: 0.75 } as const;
/** Share of values beyond each of the two outer quantiles. */
const TAIL = 0.05;

/**
 * Residuals of the benchmark's series in units of their own scale, as 20 equally likely values: what a series
 * looks like before it has shown its own shape. Symmetric within the noise, with tails of a Laplace law.
 */
const POOLED_RESIDUALS: readonly number[] = [
  -2.67, -1.72, -1.35, -1.09, -0.87, -0.67, -0.5, -0.33, -0.15, -0.02, 0.06, 0.21, 0.38, 0.54, 0.72, 0.89,
  1.08, 1.34, 1.72, 2.67,
];
/** How many equally likely values stand for a shape. */
export const SHAPE_VALUES = POOLED_RESIDUALS.length;
/** The pooled shape fades over so many runs to its last share. */
const POOL_FADES_OVER = 60;
const POOL_LAST_SHARE = 0.3;

/** Log units: the first guess of the mean absolute residual, worth three runs. */
export const PRIOR_SCALE = 0.15;
const PRIOR_WEIGHT = 3;
const SCALE_CLIP = 4;
const SMALLEST_SCALE = 0.004;

const LARGEST_TAIL_SHIFT = 0.045;

/** How a kind of series spreads; tuned on the halves of the benchmarks' data, see docs/decisions/measurements.md. */
export interface IntervalSettings {
  /** Step of the adaptive tails per run. */
  readonly tailStep: number;
  /** What the residuals are stretched by, where they are learned with a little more news than the forecast had. */
  readonly stretch: number;
}

/** Durations keep to the values they have had. */
export const DURATION_INTERVAL: IntervalSettings = { tailStep: 0.0075, stretch: 1 };
/** Lateness drifts: yesterday's values bound nothing. */
export const LATENESS_INTERVAL: IntervalSettings = { tailStep: 0.03, stretch: 1.2 };

/** How fast the scale follows, per run. */
const SCALE_RATE = 0.02;

/** Share of the quantiles taken from the recent values themselves, reached after so many runs. */
const VALUES_SHARE = 0.4;
const VALUES_FULL_AFTER = 15;
const VALUES_FROM = 4;

/** How far beyond the seen range a quantile may reach, in scales; more while little was seen. */
const REACH = 0.3;
const REACH_PRIOR = 15;

/** |error| ≤ 25 % of the actual value, as bounds of actual / predicted in log units. */
const HIT_LOW = -Math.log(1.25);
const HIT_HIGH = -Math.log(0.75);
/** Weight, in runs, of the shape's own answer against the hits counted. */
const HIT_PRIOR = 8;

const RESIDUALS_KEPT = 40;

/** What other repositories' errors are like. */
export interface ErrorPrior {
  readonly scale: number;
  readonly residuals: readonly number[];
}

/** An interval that has seen no residual; what other repositories' errors are like is taken for its own at first. */
export function newInterval(prior?: ErrorPrior): Interval {
  return {
    count: 0,
    scale: prior?.scale ?? PRIOR_SCALE,
    residuals: [],
    hits: [],
    lowShift: 0,
    highShift: 0,
    least: Number.MAX_VALUE,
    greatest: -Number.MAX_VALUE,
    ...(prior === undefined ? {} : { shape: [...prior.residuals] }),
  };
}

/** Nested quantiles (log units) around a forecast; `values` are the newest values of the series, ascending. */
export function spreadAround(
  interval: Interval,
  settings: IntervalSettings,
  forecast: number,
  values: readonly number[],
): Quantiles {
  const residuals = sortNewest(interval.residuals, RESIDUALS_KEPT);
  const seen = interval.count + 1;
  const fromValues =
    seen < VALUES_FROM || values.length === 0 ? 0 : VALUES_SHARE * Math.min(1, seen / VALUES_FULL_AFTER);
  const reach = REACH * interval.scale * (1 + REACH_PRIOR / seen);
  const floor = Math.min(interval.least, values[0] ?? forecast) - reach;
  const ceiling = Math.max(interval.greatest, values.at(-1) ?? forecast) + reach;
  const quantileAt = (level: number): number => {
    let value = forecast + settings.stretch * interval.scale * residualQuantile(interval, residuals, level);
    if (fromValues > 0) value = (1 - fromValues) * value + fromValues * sortedQuantile(values, level);
    return Math.max(floor, Math.min(ceiling, value));
  };
  // The forecast itself is the median: the outer quantiles give way where they crossed it.
  const q25 = Math.min(quantileAt(QUARTILES.low), forecast);
  const q75 = Math.max(quantileAt(QUARTILES.high), forecast);
  return {
    q05: Math.min(quantileAt(TAIL - interval.lowShift), q25),
    q25,
    q50: forecast,
    q75,
    q95: Math.max(quantileAt(1 - TAIL + interval.highShift), q75),
  };
}

/** P(|error| ≤ 25 %) of the next forecast, from the hits seen and the shape of the residuals. */
export function confidenceOf(interval: Interval): number {
  const hits = interval.hits.reduce((sum, hit) => sum + hit, 0);
  const expected = shareWithin(interval, HIT_LOW / interval.scale, HIT_HIGH / interval.scale);
  return (hits + HIT_PRIOR * expected) / (interval.hits.length + HIT_PRIOR);
}

/** The interval once it is known how the value (log units) fell against the forecast and its quantiles. */
export function updateInterval(
  interval: Interval,
  settings: IntervalSettings,
  forecast: Quantiles,
  value: number,
): Interval {
  const residual = value - forecast.q50;
  const isHit = residual >= HIT_LOW && residual <= HIT_HIGH;
  const count = interval.count + 1;
  const rate = Math.max(SCALE_RATE, 1 / (count + PRIOR_WEIGHT));
  const clipped = Math.min(Math.abs(residual), SCALE_CLIP * interval.scale);
  return {
    ...interval,
    count,
    scale: Math.max(SMALLEST_SCALE, interval.scale + rate * (clipped - interval.scale)),
    residuals: withNewest(interval.residuals, residual / interval.scale, RESIDUALS_KEPT),
    hits: withNewest(interval.hits, isHit ? 1 : 0, RESIDUALS_KEPT),
    lowShift: shifted(interval.lowShift, settings.tailStep, value < forecast.q05),
    highShift: shifted(interval.highShift, settings.tailStep, value > forecast.q95),
    least: Math.min(interval.least, value),
    greatest: Math.max(interval.greatest, value),
  };
}

function shifted(shift: number, step: number, missed: boolean): number {
  return clamp(shift + step * ((missed ? 1 : 0) - TAIL), LARGEST_TAIL_SHIFT);
}

function poolWeight(interval: Interval): number {
  return Math.max(POOL_LAST_SHARE, 1 - interval.count / POOL_FADES_OVER);
}

/** Quantile of own residuals, ascending, and pooled ones: a merge of two sorted lists with their weights. */
function residualQuantile(interval: Interval, own: readonly number[], level: number): number {
  const pooled = poolWeight(interval);
  const shape = interval.shape ?? POOLED_RESIDUALS;
  const total = own.length + pooled * shape.length;
  let i = 0;
  let j = 0;
  let below = 0;
  let lastMiddle = 0;
  let lastValue = Number.NaN;
  while (i < own.length || j < shape.length) {
    const mine = i < own.length ? numberIn(own, i) : Number.POSITIVE_INFINITY;
    const theirs = j < shape.length ? numberIn(shape, j) : Number.POSITIVE_INFINITY;
    const value = Math.min(mine, theirs);
    let weight = pooled;
    if (mine <= theirs) {
      weight = 1;
      i++;
    } else j++;
    const middle = (below + weight / 2) / total;
    if (middle >= level) {
      if (Number.isNaN(lastValue)) return value;
      return lastValue + ((value - lastValue) * (level - lastMiddle)) / (middle - lastMiddle);
    }
    below += weight;
    lastMiddle = middle;
    lastValue = value;
  }
  return lastValue;
}

/** Share of own and pooled residuals within the bounds, in units of the scale. */
function shareWithin(interval: Interval, low: number, high: number): number {
  const pooled = poolWeight(interval);
  let inside = 0;
  for (const residual of interval.residuals) if (residual >= low && residual <= high) inside += 1;
  const shape = interval.shape ?? POOLED_RESIDUALS;
  for (const residual of shape) if (residual >= low && residual <= high) inside += pooled;
  return inside / (interval.residuals.length + pooled * shape.length);
}
