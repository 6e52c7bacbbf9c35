import type { TrackRecord, Trend } from './strategy.ts';
import { trendOf } from './trend.ts';

/** Relative errors up to which a forecast is excellent, good, fair. */
export const EXCELLENT = 0.1;
export const GOOD = 0.25;
export const FAIR = 0.5;
/** What a forecast of each class is worth; poor ones nothing. */
const GOOD_WORTH = 0.7;
const FAIR_WORTH = 0.4;
/** Relative errors kept for the trend: two windows and some room to look back. */
const RECENT_ERRORS = 60;
/** A shorter run than this has no meaningful relative error: it is scored as if it took so long, seconds. */
const SHORTEST_SECONDS = 1;

/** A record of nothing yet. */
export function emptyRecord(): TrackRecord {
  return {
    total: 0,
    excellent: 0,
    good: 0,
    fair: 0,
    poor: 0,
    meanErrorPercent: 0,
    mapePercent: 0,
    maeSeconds: 0,
    coverage: 0,
    recent: [],
  };
}

/** |predicted − actual| / actual. */
export function relativeError(predictedSeconds: number, actualSeconds: number): number {
  return Math.abs(predictedSeconds - actualSeconds) / Math.max(actualSeconds, SHORTEST_SECONDS);
}

/** What one forecast with this relative error is worth: 1, 0.7, 0.4 or 0. */
export function scoreOf(error: number): number {
  if (error <= EXCELLENT) return 1;
  if (error <= GOOD) return GOOD_WORTH;
  return error <= FAIR ? FAIR_WORTH : 0;
}

/** The record after one more forecast. */
export function extendRecord(
  record: TrackRecord,
  forecast: {
    readonly predictedSeconds: number;
    readonly actualSeconds: number;
    readonly insideInterval: boolean;
  },
): TrackRecord {
  const error = relativeError(forecast.predictedSeconds, forecast.actualSeconds);
  const total = record.total + 1;
  const mean = (before: number, value: number): number => before + (value - before) / total;
  return {
    total,
    excellent: record.excellent + (error <= EXCELLENT ? 1 : 0),
    good: record.good + (error > EXCELLENT && error <= GOOD ? 1 : 0),
    fair: record.fair + (error > GOOD && error <= FAIR ? 1 : 0),
    poor: record.poor + (error > FAIR ? 1 : 0),
    meanErrorPercent: mean(record.meanErrorPercent, Math.min(error, 1) * 100),
    mapePercent: mean(record.mapePercent, error * 100),
    maeSeconds: mean(record.maeSeconds, Math.abs(forecast.predictedSeconds - forecast.actualSeconds)),
    coverage: mean(record.coverage, forecast.insideInterval ? 1 : 0),
    recent: [...record.recent, error].slice(-RECENT_ERRORS),
  };
}

/** 1.0·excellent + 0.7·good + 0.4·fair share of all forecasts, 0–1; 0 for an empty record. */
export function performance(record: TrackRecord): number {
  if (record.total === 0) return 0;
  return (record.excellent + GOOD_WORTH * record.good + FAIR_WORTH * record.fair) / record.total;
}

/** 100 − mean relative error in percent (each error capped at 100), 0–100; 0 for an empty record. */
export function accuracyScore(record: TrackRecord): number {
  return record.total === 0 ? 0 : 100 - record.meanErrorPercent;
}

/** Between two looks at the trend so many forecasts pass: a window of twenty hardly changes by one. */
const TREND_EVERY = 5;

/** Where the newest errors stand against those before; `before` where it is not yet time to look again. */
export function recordTrend(record: TrackRecord, before: Trend): Trend {
  return record.total % TREND_EVERY === 0 ? trendOf(record.recent) : before;
}
