import { scoreOf } from '../../src/strategy/track-record.ts';
import { calibrationError } from '../forecast/score.ts';

/** One forecast of an unseen run: its relative error, and the confidence that this is at most 25 %. */
export interface Scored {
  readonly error: number;
  readonly confidence: number;
}

export interface Scores {
  readonly performance: number;
  readonly accuracyScore: number;
  readonly meanError: number;
  readonly within25: number;
  readonly calibrationError: number;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** Share of forecasts by their worth, 0–1. */
export function performanceOf(scored: readonly Scored[]): number {
  return mean(scored.map(({ error }) => scoreOf(error)));
}

/** Scores of several repositories, each counting once; confidence over all forecasts together. */
export function scoresOf(repositories: readonly (readonly Scored[])[]): Scores {
  const each = (of: (scored: readonly Scored[]) => number): number => mean(repositories.map(of));
  const meanError = each((scored) => mean(scored.map(({ error }) => Math.min(1, error))));
  return {
    performance: each(performanceOf),
    meanError,
    accuracyScore: 100 * (1 - meanError),
    within25: each((scored) => mean(scored.map(({ error }) => (error <= 0.25 ? 1 : 0)))),
    calibrationError: calibrationError(
      repositories.flat().map(({ error, confidence }) => ({ said: confidence, happened: error <= 0.25 })),
    ),
  };
}

/** By how many percent performance falls short of another's; negative where it is better. */
export function lossPercent(scored: readonly Scored[], against: readonly Scored[]): number {
  return (100 * (performanceOf(against) - performanceOf(scored))) / performanceOf(against);
}

/** Runs after a change until the error stays within 1.2 × the floor; `errors` are means over many draws. */
export function runsToRecover(
  errors: readonly number[],
  floor: number,
  change: number,
  settled: number,
): number {
  let last = 0;
  for (let at = change; at < settled; at++) if ((errors[at] ?? 0) > 1.2 * floor) last = at - change + 1;
  return last;
}
