import { forecastValue, newForecaster, updateForecaster } from '../forecast/forecaster.ts';
import { DEFAULT_MIX } from '../forecast/mixture.ts';
import { mapQuantiles } from '../forecast/quantile.ts';
import type { Quantiles } from '../forecast/types.ts';
import { mean } from '../statistics.ts';

/** Forecast of a figure that was reported for runs, and how far such forecasts were off. */
export interface FigureForecast {
  readonly expected: number;
  /** Nine values in ten lie between these. */
  readonly low: number;
  readonly high: number;
  /** Mean of |forecast − value| / |value| over the newest values, each forecast from older ones; `null` of too few. */
  readonly error: number | null;
}

const LEAST_JUDGED = 3;

/** Forecast of a reported figure at `at` (epoch ms); `null` where none was reported, or one is not above 0. */
export function forecastFigure(
  { at: starts, values }: { readonly at: readonly number[]; readonly values: readonly number[] },
  at: number,
): FigureForecast | null {
  if (values.some((value) => value <= 0)) return null;
  // The forecaster's floor is one of seconds: figures may be as small as they like.
  const unit = Math.min(...values);
  const samples = values.map((value, place) => ({ at: 1_000 * (starts[place] ?? 0), seconds: value / unit }));
  const next = forecastNext(samples, at);
  if (next === null) return null;
  const errors = samples.flatMap((sample, place) => {
    const said = place < LEAST_JUDGED ? null : forecastNext(samples.slice(0, place), sample.at);
    return said === null ? [] : [Math.abs(said.q50 - sample.seconds) / sample.seconds];
  });
  return {
    expected: unit * next.q50,
    low: unit * next.q05,
    high: unit * next.q95,
    error: errors.length < LEAST_JUDGED ? null : mean(errors),
  };
}

/** Less than a second is told as a tenth: GitHub counts whole seconds, and a logarithm needs more than 0. */
const LEAST_SECONDS = 0.1;

export function logSeconds({ seconds }: { readonly seconds: number }): number {
  return Math.log(Math.max(LEAST_SECONDS, seconds));
}

/**
 * Forecast of the next value (seconds, or any positive quantity) of a short series, at `at` (epoch ms), by the
 * forecaster of runs: its experts, calendar and intervals. The series is replayed at every question, so that nothing
 * but its newest values is kept. `null` of an empty series.
 */
export function forecastNext(
  samples: readonly { readonly at: number; readonly seconds: number }[],
  at: number,
): Quantiles | null {
  let forecaster = newForecaster();
  for (const sample of samples) {
    forecaster = updateForecaster(forecaster, DEFAULT_MIX, logSeconds(sample), sample.at).forecaster;
  }
  const log = forecastValue(forecaster, forecaster.view, DEFAULT_MIX, at);
  return log === null ? null : mapQuantiles(log, Math.exp);
}
