import type { Run } from '../history/run.ts';
import { confidence, forecastValue, type View } from './forecaster.ts';
import { type LearnedRepository, type Stream, streamName } from './learned.ts';
import { DEFAULT_MIX, heaviestExpert, type MixSettings } from './mixture.ts';
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

/** Standard normal quantiles at 5, 25, 75 and 95 %. */
const Z95 = 1.645;
const Z75 = 0.674;

/** Duration forecast of a stream's next run at `now` (epoch ms); `null` while it has no run. */
export function forecastDuration(
  stream: Stream,
  view: View,
  settings: MixSettings,
  now: number,
): DurationForecast | null {
  const { experts } = stream.duration;
  const log = forecastValue(experts, view, settings, now);
  return log === null ? null : durationForecast(log, experts.count, view, settings);
}

/** The quantiles of a view (log seconds) as a forecast; `observations` counts the runs of the series. */
export function durationForecast(
  log: Quantiles,
  observations: number,
  view: View,
  settings: MixSettings,
): DurationForecast {
  const sure = confidence(view);
  const carried = heaviestExpert(view.mixture, settings);
  return {
    seconds: exponentials(log),
    confidence: sure,
    observations,
    why: `${runs(observations)} seen; ${carried} carries most; within 25 % in ${Math.round(100 * sure)} % of cases.`,
  };
}

/**
 * Longest span, in seconds, that the durations of a run's stream make plausible; infinity where too few were seen. Far above
 * the largest of the usual ones, so that a workflow that has grown is still believed.
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

/** What is said of a workflow without runs: the middle of the repository's other workflows, or a plain guess. */
export function guessDuration(learned: LearnedRepository): DurationForecast {
  const levels = Object.values(learned.streams)
    .map((stream) => stream.duration.experts.recent.at(-1))
    .filter((value) => value !== undefined)
    .sort((a, b) => a - b);
  const middle = levels[levels.length >> 1] ?? UNKNOWN_LOG_SECONDS;
  const at = (z: number): number => Math.exp(middle + z * UNKNOWN_SPREAD);
  return {
    seconds: { q05: at(-Z95), q25: at(-Z75), q50: at(0), q75: at(Z75), q95: at(Z95) },
    confidence: UNKNOWN_CONFIDENCE,
    observations: 0,
    why:
      levels.length === 0
        ? 'No run seen yet: a plain guess.'
        : 'No run seen yet: guessed from the other workflows of this repository.',
  };
}

function runs(count: number): string {
  return count === 1 ? '1 run' : `${count} runs`;
}

function exponentials(log: Quantiles): Quantiles {
  return {
    q05: Math.exp(log.q05),
    q25: Math.exp(log.q25),
    q50: Math.exp(log.q50),
    q75: Math.exp(log.q75),
    q95: Math.exp(log.q95),
  };
}
