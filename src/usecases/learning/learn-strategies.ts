import type { LearnedRun } from '../../forecast/learn.ts';
import { mixOf } from '../../forecast/mixture.ts';
import { type Run, succeeded } from '../../history/run.ts';
import { adapt, homeOf } from '../../strategy/adapt.ts';
import { leadingStrategy } from '../../strategy/choose.ts';
import {
  defaultStrategy,
  type ForecastResult,
  recordForecasts,
  replaceStrategy,
} from '../../strategy/population.ts';
import { DEFAULT_STRATEGY, type LearningEvent, type StrategyPopulation } from '../../strategy/strategy.ts';
import { performance, scoreOf } from '../../strategy/track-record.ts';

/** The shadow of a strategy as it was born: no strategy's name, as those are single words. */
const asBorn = (name: string): string => `${name} as born`;

/** The mixtures of a population. The strategy in use also shadows itself as born: it has to prove itself. */
export function mixturesOf(population: StrategyPopulation) {
  const inUse = leadingStrategy(population);
  return {
    own: mixOf(defaultStrategy(population).parameters),
    shadows: [
      ...population.strategies
        .filter(({ name }) => name !== DEFAULT_STRATEGY)
        .map(({ name, parameters }) => ({ name, settings: mixOf(parameters) })),
      { name: asBorn(inUse.name), settings: mixOf(homeOf(inUse)) },
    ],
  };
}

/** Scores every strategy's forecast of a run; only the one in use takes a step, as records are of fixed genes. */
export function learnStrategies(
  population: StrategyPopulation,
  learnt: LearnedRun,
  now: number,
): { readonly population: StrategyPopulation; readonly events: readonly LearningEvent[] } {
  const results = resultsOf(learnt);
  const [own] = results;
  if (own === undefined) return { population, events: [] };
  const usual = leadingStrategy(population);
  const recorded = recordForecasts(population, results, now);
  const alarm = alarmOf(learnt.run, learnt.patternChanged, now);
  const used = recorded.strategies.find(({ name }) => name === usual.name) ?? defaultStrategy(recorded);
  const error = learnt.shadows[used.name]?.relativeError ?? learnt.relativeError;
  const bornError = learnt.shadows[asBorn(used.name)]?.relativeError ?? error;
  const good = succeeded(learnt.run.conclusion);
  const step = adapt(
    used,
    {
      reward: error === null ? null : scoreOf(error),
      usual: performance(usual.performance_history),
      failed: good === null ? null : !good,
      trend: used.trend,
      gain: error === null || bornError === null ? 0 : scoreOf(error) - scoreOf(bornError),
    },
    now,
  );
  if (step === null) return { population: recorded, events: alarm };
  return { population: replaceStrategy(recorded, step.strategy), events: [...alarm, step.event] };
}

function resultsOf(learnt: LearnedRun): readonly ForecastResult[] {
  const { predicted, actualSeconds, insideInterval } = learnt;
  if (predicted === null || actualSeconds === null || insideInterval === null) return [];
  const own = { strategy: DEFAULT_STRATEGY, predictedSeconds: predicted.seconds.q50 };
  const shadows = Object.entries(learnt.shadows).map(([strategy, judged]) => ({
    strategy,
    predictedSeconds: judged.predictedSeconds,
    actualSeconds,
    insideInterval: judged.insideInterval,
  }));
  return [{ ...own, actualSeconds, insideInterval }, ...shadows];
}

function alarmOf(run: Run, patternChanged: boolean, now: number): readonly LearningEvent[] {
  if (!patternChanged) return [];
  return [
    {
      at: now,
      kind: 'adapted',
      strategy: DEFAULT_STRATEGY,
      before: null,
      after: null,
      why:
        `The pattern of ${run.path} has changed: experts that failed lately have lost the head start that ` +
        'older runs had given them.',
    },
  ];
}
