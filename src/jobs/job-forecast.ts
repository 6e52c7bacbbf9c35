import { forecastValue, newForecaster, updateForecaster } from '../forecast/forecaster.ts';
import { DEFAULT_MIX } from '../forecast/mixture.ts';
import type { Quantiles } from '../forecast/types.ts';

/** Less than a second is told as a tenth: GitHub counts whole seconds, and a logarithm needs more than 0. */
const LEAST_SECONDS = 0.1;

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
    const value = Math.log(Math.max(LEAST_SECONDS, sample.seconds));
    forecaster = updateForecaster(forecaster, DEFAULT_MIX, value, sample.at).forecaster;
  }
  const log = forecastValue(forecaster, forecaster.view, DEFAULT_MIX, at);
  if (log === null) return null;
  return {
    q05: Math.exp(log.q05),
    q25: Math.exp(log.q25),
    q50: Math.exp(log.q50),
    q75: Math.exp(log.q75),
    q95: Math.exp(log.q95),
  };
}
