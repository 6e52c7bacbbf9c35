import { adapt } from '../../strategy/adapt.ts';
import { findStrategy, replaceStrategy } from '../../strategy/population.ts';
import type { LearningEvent, Strategy } from '../../strategy/strategy.ts';
import { performance, scoreOf } from '../../strategy/track-record.ts';
import { trendOf } from '../../strategy/trend.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';

export interface Adaptation {
  readonly strategy: Strategy;
  /** `null` where its newest forecasts are what they usually are, and its genes are at home. */
  readonly event: LearningEvent | null;
}

/** Forecasts that one step asked for looks at. */
const NEWEST = 5;

/** One step of adaptation for one strategy, asked for by a person. Throws `not-found`, with the nearest names. */
export async function adaptStrategy(
  context: Context,
  repositoryId: number,
  name: string,
): Promise<Adaptation> {
  const { population } = await knownRepository(context, repositoryId);
  const strategy = findStrategy(population, name);
  const { recent } = strategy.performance_history;
  const newest = recent.slice(-NEWEST).map(scoreOf);
  const step = adapt(
    strategy,
    {
      reward: newest.length === 0 ? null : newest.reduce((sum, value) => sum + value, 0) / newest.length,
      usual: performance(strategy.performance_history),
      failed: null,
      trend: trendOf(recent),
      gain: 0,
    },
    context.clock.now(),
  );
  if (step === null) return { strategy, event: null };
  await context.store.apply(repositoryId, {
    population: replaceStrategy(population, step.strategy),
    learningEvents: [step.event],
  });
  return step;
}
