import type { TrackRecord } from '../../strategy/strategy.ts';
import { accuracyScore, performance } from '../../strategy/track-record.ts';

/** The figures of a record. All are `null` before the first forecast: a score of 0 would say that all were wrong. */
export function forecastFigures(record: TrackRecord) {
  const isSeen = record.total > 0;
  return {
    mae_seconds: isSeen ? record.maeSeconds : null,
    mape_percent: isSeen ? record.mapePercent : null,
    mean_error_percent: isSeen ? record.meanErrorPercent : null,
    accuracy_score: isSeen ? accuracyScore(record) : null,
    performance: isSeen ? performance(record) : null,
    coverage: isSeen ? record.coverage : null,
  };
}
