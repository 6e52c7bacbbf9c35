import type { TrackRecord } from '../../strategy/strategy.ts';
import { accuracyScore, performance } from '../../strategy/track-record.ts';

/** What a strategy's record says of its forecasts. */
interface ForecastFigures {
  readonly mae_seconds: number | null;
  readonly mape_percent: number | null;
  readonly mean_error_percent: number | null;
  readonly accuracy_score: number | null;
  readonly performance: number | null;
  readonly coverage: number | null;
}

const NO_FORECAST: ForecastFigures = {
  mae_seconds: null,
  mape_percent: null,
  mean_error_percent: null,
  accuracy_score: null,
  performance: null,
  coverage: null,
};

/** The figures of a record. All are `null` before the first forecast: a score of 0 would say that all were wrong. */
export function forecastFigures(record: TrackRecord): ForecastFigures {
  if (record.total === 0) return NO_FORECAST;
  return {
    mae_seconds: record.maeSeconds,
    mape_percent: record.mapePercent,
    mean_error_percent: record.meanErrorPercent,
    accuracy_score: accuracyScore(record),
    performance: performance(record),
    coverage: record.coverage,
  };
}
