import { Z90 } from '../statistics.ts';
import { countOfRuns } from './duration.ts';
import { type AskedSchedule, latenessOf, type ScheduleForecaster } from './forecast-schedule.ts';
import { latenessExpert } from './lateness.ts';
import { numberIn } from './number-list.ts';
import { quantileAtScore, shareBelow } from './quantile.ts';
import type { Quantiles } from './types.ts';

/** When the run of a tick would start. */
export interface StartForecast {
  /** Minutes after the tick. */
  readonly medianMinutes: number;
  readonly p90Minutes: number;
  /** Probability that the tick leaves no run. */
  readonly dropProbability: number;
  /** P(a run that comes starts within `CLOSE_MINUTES` of the median). */
  readonly confidence: number;
  /** What stands behind it and how much, for people. */
  readonly why: string;
}

/** Hours can be promised, minutes cannot. */
const CLOSE_MINUTES = 30;

/** If a schedule's tick were in that UTC hour, whether it is there today or not. */
export function forecastStart(
  forecaster: ScheduleForecaster,
  schedule: AskedSchedule,
  hour: number,
): StartForecast {
  const { minutes, dropProbability, observations } = latenessOf(forecaster, schedule, hour);
  const confidence = closeShare(minutes);
  return {
    medianMinutes: minutes.q50,
    p90Minutes: quantileAtScore(minutes, Z90),
    dropProbability,
    confidence,
    why:
      `${behind(forecaster, schedule, hour, observations)} Within ${CLOSE_MINUTES} minutes of the median ` +
      `in ${Math.round(100 * confidence)} % of cases.`,
  };
}

/** P(a quantity of these quantiles, in minutes, is within `CLOSE_MINUTES` of its median). */
export function closeShare(minutes: Quantiles): number {
  return shareBelow(minutes, minutes.q50 + CLOSE_MINUTES) - shareBelow(minutes, minutes.q50 - CLOSE_MINUTES);
}

function behind(
  { learned }: ScheduleForecaster,
  { key }: AskedSchedule,
  hour: number,
  observations: number,
): string {
  const track = learned.schedules[key];
  const others =
    observations === 0
      ? 'the shipped table of hours, a weak guess'
      : `${countOfRuns(observations)} of others at this hour`;
  if (track === undefined || track.lateness.experts.count === 0) {
    const seen =
      track === undefined || track.runs === 0
        ? 'No scheduled run of it seen'
        : 'Its runs come so late that none belongs to a tick for certain';
    return `${seen}: told by ${others}.`;
  }
  const seen = `${countOfRuns(track.runs)} seen; ${latenessExpert(track.lateness)} carries most`;
  return numberIn(track.lateness.hourWeights, hour) > 0
    ? `${seen}.`
    : `${seen}; none at this hour, so moved by ${others}.`;
}
