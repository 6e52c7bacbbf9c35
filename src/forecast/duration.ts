import { itemAt } from '../checked.ts';
import type { Run } from '../history/run.ts';
import { Z75, Z95 } from '../statistics.ts';
import { type CalendarShift, shifted, weekdayShifts } from './calendar.ts';
import { calendarSentences } from './calendar-words.ts';
import { confidence, type Forecaster, forecastUsual, forecastValue, type View } from './forecaster.ts';
import { type LearnedRepository, type Stream, streamName, streamsOf } from './learned.ts';
import { DEFAULT_MIX, heaviestExpert, type MixSettings } from './mixture.ts';
import { mapQuantiles, normalQuantiles } from './quantile.ts';
import type { DurationForecast, Quantiles } from './types.ts';

/** Before any run: five minutes, give or take a factor of eight. */
const UNKNOWN_LOG_SECONDS = Math.log(300);
const UNKNOWN_SPREAD = 1.26;
/** P(|error| ≤ 25 %) of such a guess. */
const UNKNOWN_CONFIDENCE = 0.15;

/** A span of so many times the 95 % quantile is none of the work … */
const PLAUSIBLE_FACTOR = 20;
/** … where so many runs stand behind the quantile. */
const RUNS_TO_JUDGE_BY = 5;

/** Scores of the middles of twenty equally likely slices. */
const DRAW_SCORES = [
  -1.96, -1.44, -1.15, -0.935, -0.755, -0.598, -0.454, -0.319, -0.189, -0.063, 0.063, 0.189, 0.319, 0.454,
  0.598, 0.755, 0.935, 1.15, 1.44, 1.96,
] as const;

/** Duration forecast of a stream's run whose tick is at `at` (epoch ms); `null` while it has no run. */
export function forecastDuration(
  stream: Stream,
  view: View,
  settings: MixSettings,
  at: number,
): DurationForecast | null {
  const log = forecastValue(stream.duration, view, settings, at);
  return log === null ? null : durationForecast(log, stream.duration, view, settings);
}

/** Duration forecast of any of a stream's runs in the week after `now` (epoch ms): all its weekdays together. */
export function forecastWeek(
  stream: Stream,
  view: View,
  settings: MixSettings,
  now: number,
): DurationForecast | null {
  const { calendar, experts } = stream.duration;
  const usual = forecastUsual(experts, view, settings, now);
  if (usual === null) return null;
  const log = ofDays(usual, weekdayShifts(calendar));
  return durationForecast(log, stream.duration, view, settings);
}

/** Quantiles of a value on any of these days: of so many draws from each as its share asks for. */
function ofDays(
  usual: Quantiles,
  days: readonly { readonly share: number; readonly shift: CalendarShift }[],
): Quantiles {
  if (days.every(({ shift }) => shift.log === 0)) return usual;
  const draws = days
    .flatMap(({ share, shift }) => {
      const one = shifted(usual, shift);
      return DRAW_SCORES.map((score) => ({ value: linear(one, score), weight: share }));
    })
    .sort((a, b) => a.value - b.value);
  const total = draws.reduce((sum, { weight }) => sum + weight, 0);
  const at = (level: number): number => {
    let below = 0;
    const found = draws.find(({ weight }) => {
      below += weight;
      return below >= level * total;
    });
    return (found ?? itemAt(draws, draws.length - 1)).value;
  };
  return { q05: at(0.05), q25: at(0.25), q50: at(0.5), q75: at(0.75), q95: at(0.95) };
}

/** A value (log units) at a standard normal score, linear between and beyond the quantiles. */
function linear({ q05, q25, q50, q75, q95 }: Quantiles, score: number): number {
  if (score < -Z75) return q25 + ((score + Z75) / (Z95 - Z75)) * (q25 - q05);
  if (score < 0) return q50 + (score / Z75) * (q50 - q25);
  if (score < Z75) return q50 + (score / Z75) * (q75 - q50);
  return q75 + ((score - Z75) / (Z95 - Z75)) * (q95 - q75);
}

/** The quantiles of a view (log seconds) as a forecast of the series. */
export function durationForecast(
  log: Quantiles,
  { calendar, experts }: Pick<Forecaster, 'calendar' | 'experts'>,
  view: View,
  settings: MixSettings,
): DurationForecast {
  const sure = confidence(view);
  const carried = heaviestExpert(view.mixture, settings);
  const { count } = experts;
  const patterns = calendarSentences(calendar);
  return {
    seconds: mapQuantiles(log, Math.exp),
    confidence: sure,
    observations: count,
    why: [
      `${countOfRuns(count)} seen; ${carried} carries most; within 25 % in ${Math.round(100 * sure)} % of cases.`,
      ...patterns,
    ].join(' '),
    ...(patterns.length === 0 ? {} : { patterns }),
  };
}

/**
 * Longest span, in seconds, that the durations of a run's stream make plausible; infinity where too few were seen. Far
 * above the largest of the usual ones, so that a workflow that has grown is still believed.
 */
export function longestPlausibleSeconds(
  { streams }: LearnedRepository,
  { path, event, startedAt }: Pick<Run, 'path' | 'event' | 'startedAt'>,
): number {
  const stream = streams[streamName(path, event)];
  if (stream === undefined || stream.duration.experts.count < RUNS_TO_JUDGE_BY)
    return Number.POSITIVE_INFINITY;
  const forecast = forecastDuration(stream, stream.duration.view, DEFAULT_MIX, startedAt);
  return forecast === null ? Number.POSITIVE_INFINITY : PLAUSIBLE_FACTOR * forecast.seconds.q95;
}

/** What is said of a workflow file without durations: the middle of the other workflows, or a plain guess. */
export function guessDuration(learned: LearnedRepository, path: string): DurationForecast {
  const levels = Object.values(learned.streams)
    .map((stream) => stream.duration.experts.recent.at(-1))
    .filter((value) => value !== undefined)
    .sort((a, b) => a - b);
  const middle = levels[levels.length >> 1] ?? UNKNOWN_LOG_SECONDS;
  return {
    seconds: mapQuantiles(normalQuantiles(middle, UNKNOWN_SPREAD), Math.exp),
    confidence: UNKNOWN_CONFIDENCE,
    observations: 0,
    why: `${withoutDuration(learned, path)}: ${
      levels.length === 0
        ? 'planned with a plain guess'
        : 'planned with the middle of the other workflows here'
    }.`,
  };
}

/** Says that no duration is known, and of how many runs; runs of 0 s and runs that started no job have none. */
function withoutDuration(learned: LearnedRepository, path: string): string {
  const { scheduled, others } = streamsOf(learned, path);
  const seen = (scheduled?.success.count ?? 0) + (others?.success.count ?? 0);
  return seen === 0
    ? 'No duration seen yet'
    : `${countOfRuns(seen)} seen, none with a duration to learn from`;
}

/** `1 run`, `3 runs`. */
export function countOfRuns(count: number): string {
  return count === 1 ? '1 run' : `${count} runs`;
}
