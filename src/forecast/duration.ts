import { confidence, forecastValue, type View } from './forecaster.ts';
import type { LearnedRepository, Stream } from './learned.ts';
import { heaviestExpert, type MixSettings } from './mixture.ts';
import type { DurationForecast, Quantiles } from './types.ts';

/** Before any run: five minutes, give or take a factor of eight. */
const UNKNOWN_LOG_SECONDS = Math.log(300);
const UNKNOWN_SPREAD = 1.26;
/** P(|error| ≤ 25 %) of such a guess. */
const UNKNOWN_CONFIDENCE = 0.15;

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
