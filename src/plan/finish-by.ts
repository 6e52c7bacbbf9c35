import { itemAt } from '../checked.ts';
import { quantileAtScore, shareBelow } from '../forecast/quantile.ts';
import type { ScheduleForecast } from '../forecast/types.ts';
import { AS_FORECAST, type Stretch } from './kernel.ts';

/** Nine runs in ten shall be done by `finish-by`. */
export const FINISH_BY_SHARE = 0.9;
/** Normal scores of the middles of ten equally likely slices of the duration. */
const TENTHS = [-1.645, -1.036, -0.674, -0.385, -0.126, 0.126, 0.385, 0.674, 1.036, 1.645] as const;

/** P(the run of a tick at this UTC hour is done so many minutes after it); the run of a dropped tick never is. */
export function doneWithin(
  forecast: ScheduleForecast,
  utcHour: number,
  minutes: number,
  stretch: Stretch = AS_FORECAST,
): number {
  if (minutes <= 0) return 0;
  const lateness = itemAt(forecast.lateness, utcHour);
  let sum = 0;
  for (const score of TENTHS) {
    const workMinutes = (quantileAtScore(forecast.duration.seconds, score) * stretch.duration) / 60;
    sum += shareBelow(lateness.minutes, (minutes - workMinutes) / stretch.lateness);
  }
  return (1 - lateness.dropProbability) * (sum / TENTHS.length);
}

/** How far from nine in ten, 0 (kept) to 1 (never done in time). */
export function violation(probability: number): number {
  return Math.max(0, FINISH_BY_SHARE - probability) / FINISH_BY_SHARE;
}
