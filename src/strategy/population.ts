import { OffbeatError } from '../errors.ts';
import { DEFAULT_GENES } from '../genes/genes.ts';
import { suggestWord } from '../nearest-word.ts';
import { DEFAULT_STRATEGY, type Strategy, type StrategyPopulation } from './strategy.ts';
import { emptyRecord, extendRecord, recordTrend } from './track-record.ts';

/** Most strategies a repository keeps; a new one then replaces the worst. */
export const MOST_STRATEGIES = 10;
/** First spread of a gene's mutation: a tenth of its range. */
export const FIRST_MUTATION_STEP = 0.1;

/** One strategy's forecast of a run that has since ended. */
export interface ForecastResult {
  readonly strategy: string;
  readonly predictedSeconds: number;
  readonly actualSeconds: number;
  /** True where the actual duration lay in the 90 % interval. */
  readonly insideInterval: boolean;
}

/** A population that holds only `default`, with nothing learned. */
export function emptyPopulation(now: number): StrategyPopulation {
  return {
    version: 1,
    strategies: [
      {
        name: DEFAULT_STRATEGY,
        generation: 0,
        parents: [],
        parameters: DEFAULT_GENES,
        performance_history: emptyRecord(),
        trend: 'stable',
        last_updated: now,
      },
    ],
    runsLearned: 0,
    runsAtLastEvolution: 0,
    mutationStep: FIRST_MUTATION_STEP,
  };
}

/** The strategy of that name; throws `not-found`, naming the nearest ones. */
export function findStrategy(population: StrategyPopulation, name: string): Strategy {
  const strategy = population.strategies.find((one) => one.name === name);
  if (strategy !== undefined) return strategy;
  const names = population.strategies.map((one) => one.name);
  const suggested = suggestWord(name, names);
  throw new OffbeatError('not-found', `There is no strategy named "${name}".`, {
    fix: `${suggested ?? ''} The strategies here: ${names.join(', ')}.`.trim(),
  });
}

/** The strategy that can never be lost. */
export function defaultStrategy(population: StrategyPopulation): Strategy {
  return findStrategy(population, DEFAULT_STRATEGY);
}

/** The population with `strategy` in the place of the one of its name. */
export function replaceStrategy(population: StrategyPopulation, strategy: Strategy): StrategyPopulation {
  return {
    ...population,
    strategies: population.strategies.map((one) => (one.name === strategy.name ? strategy : one)),
  };
}

/**
 * Writes the forecasts of one run into their strategies' own track records and brings the trends up to date.
 * `runsLearned` counts runs that somebody had forecast. A strategy that is not in the population is passed over.
 */
export function recordForecasts(
  population: StrategyPopulation,
  results: readonly ForecastResult[],
  now: number,
): StrategyPopulation {
  if (results.length === 0) return population;
  return {
    ...population,
    strategies: population.strategies.map((strategy) => {
      const result = results.find((one) => one.strategy === strategy.name);
      if (result === undefined) return strategy;
      const record = extendRecord(strategy.performance_history, result);
      const trend = recordTrend(record, strategy.trend);
      return { ...strategy, performance_history: record, trend, last_updated: now };
    }),
    runsLearned: population.runsLearned + 1,
  };
}
