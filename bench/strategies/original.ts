/**
 * The rule set that this project's idea began with, as a baseline: means of the history as forecast, confidence by
 * count alone, genes stepped up and down without a way back, children that nobody evaluates, a population that freezes
 * at ten, one record for all strategies.
 */

import { forecastValue, newForecaster, updateForecaster } from '../../src/forecast/forecaster.ts';
import { mixOf } from '../../src/forecast/mixture.ts';
import { DEFAULT_GENES, type Genes } from '../../src/genes/genes.ts';
import { scoreOf } from '../../src/strategy/track-record.ts';
import { SEEN_SHARE } from './pipeline.ts';
import type { DrawnRepository } from './repositories.ts';
import { mean, type Scored } from './score.ts';

const RECENT_RUNS = 5;
const FULL_CONFIDENCE_RUNS = 50;
const STEP = 0.01;
const FIXED_THRESHOLD = 0.05;
const MOST_STRATEGIES = 10;

/** How it forecasts: from means of the history, as it did, or with our experts under its genes. */
export type OriginalForecast = 'means' | 'experts';

/** Its forecast of durations: the mean of all, leaning to that of the newest few. It reads all of the history. */
export function meansForecast(history: readonly number[], genes: Genes): number | null {
  if (history.length === 0) return null;
  return genes.recency_bias * mean(history.slice(-RECENT_RUNS)) + (1 - genes.recency_bias) * mean(history);
}

/** Confidence by the number of runs seen. */
export function countConfidence(runs: number): number {
  return Math.min(1, runs / FULL_CONFIDENCE_RUNS);
}

/** Its adaptation: steps up and down, cut off at 0 and 1. */
export function adaptUpAndDown(genes: Genes, error: number, worths: readonly number[]): Genes {
  const newer = mean(worths.slice(-10));
  const older = mean(worths.slice(-20, -10));
  const declining = worths.length >= 20 && newer < older - FIXED_THRESHOLD;
  const improving = worths.length >= 20 && newer > older + FIXED_THRESHOLD;
  const cut = (value: number): number => Math.max(0, Math.min(1, value));
  return {
    success_weight: cut(genes.success_weight + (error <= 0.25 ? STEP : 0)),
    failure_penalty: cut(genes.failure_penalty + (error <= 0.25 ? -STEP : 2 * STEP)),
    recency_bias: cut(genes.recency_bias + (declining ? 5 * STEP : 0)),
    exploration_rate: cut(genes.exploration_rate + (declining ? STEP : improving ? -STEP : 0)),
  };
}

/** Plays a repository by these rules; `evolves` false keeps the shipped genes. */
export function playOriginal(
  { runs }: DrawnRepository,
  forecast: OriginalForecast,
  random: () => number,
  evolves = true,
): readonly Scored[] {
  const histories = new Map<string, number[]>();
  const forecasters = new Map<string, ReturnType<typeof newForecaster>>();
  const population: Genes[] = [DEFAULT_GENES];
  let genes = DEFAULT_GENES;
  const worths: number[] = [];
  const scored: Scored[] = [];
  const boundary = Math.floor(runs.length * SEEN_SHARE);
  runs.forEach((run, place) => {
    const seconds = run.durationSeconds ?? 1;
    const history = histories.get(run.path) ?? [];
    histories.set(run.path, history);
    const forecaster = forecasters.get(run.path) ?? newForecaster();
    const mixed = forecastValue(forecaster, forecaster.view, mixOf(genes), run.startedAt);
    const made =
      forecast === 'means' ? meansForecast(history, genes) : mixed === null ? null : Math.exp(mixed.q50);
    const next = updateForecaster(forecaster, mixOf(genes), Math.log(seconds), run.startedAt);
    forecasters.set(run.path, next.forecaster);
    const confidence = countConfidence(history.length);
    history.push(seconds);
    if (made === null) return;
    const error = Math.abs(made - seconds) / seconds;
    if (place >= boundary) scored.push({ error, confidence });
    worths.push(scoreOf(error));
    if (!evolves) return;
    genes = adaptUpAndDown(genes, error, worths);
    if (place < 50 || (place - 50) % 100 !== 0 || population.length >= MOST_STRATEGIES) return;
    // All have one record, so that the "top three" are any three, and the newest child is used at once.
    for (const parent of population.slice(-3))
      for (let child = 0; child < 2; child++) population.push(jolt(parent, random));
    population.splice(MOST_STRATEGIES);
    genes = population.at(-1) ?? genes;
  });
  return scored;
}

function jolt(genes: Genes, random: () => number): Genes {
  const moved = (value: number): number => Math.max(0, Math.min(1, value + 0.2 * (random() - 0.5)));
  return {
    success_weight: moved(genes.success_weight),
    failure_penalty: moved(genes.failure_penalty),
    recency_bias: moved(genes.recency_bias),
    exploration_rate: moved(genes.exploration_rate),
  };
}
