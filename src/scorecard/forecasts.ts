import { z } from 'zod';
import { type Run, trainingSeconds } from '../history/run.ts';
import { mean } from '../statistics.ts';
import { relativeError } from '../strategy/track-record.ts';

/** How far forecasts of durations were off, each made before its run ended. */
export const ForecastErrors = z.object({
  forecasts: z.number().int().nonnegative(),
  /** `null` before the first forecast, as are the others. */
  mae_seconds: z.number().nonnegative().nullable(),
  mape_percent: z.number().nonnegative().nullable(),
  /** 100 less the mean error in percent, each error counted as 100 at most. */
  accuracy_score: z.number().min(0).max(100).nullable(),
});
export type ForecastErrors = z.infer<typeof ForecastErrors>;

/** A run with what was forecast of it, in seconds. */
export interface ForecastRow {
  readonly run: Run;
  readonly predicted: number;
  readonly actual: number;
}

/** Runs of which a duration was forecast and is known. */
export function forecastRows(runs: readonly Run[]): readonly ForecastRow[] {
  return runs.flatMap((run) => {
    const actual = trainingSeconds(run);
    const predicted = run.predictedSeconds;
    return actual === null || predicted === undefined ? [] : [{ run, predicted, actual }];
  });
}

export function forecastErrors(rows: readonly Pick<ForecastRow, 'predicted' | 'actual'>[]): ForecastErrors {
  if (rows.length === 0) return { forecasts: 0, mae_seconds: null, mape_percent: null, accuracy_score: null };
  const errors = rows.map(({ predicted, actual }) => relativeError(predicted, actual));
  return {
    forecasts: rows.length,
    mae_seconds: mean(rows.map(({ predicted, actual }) => Math.abs(predicted - actual))),
    mape_percent: 100 * mean(errors),
    accuracy_score: 100 - 100 * mean(errors.map((error) => Math.min(1, error))),
  };
}
