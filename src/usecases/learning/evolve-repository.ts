import { mixOf } from '../../forecast/mixture.ts';
import { prepareReplay } from '../../forecast/replay.ts';
import type { Genes } from '../../genes/genes.ts';
import type { RunHistory } from '../../history/run-history.ts';
import { seededRandom } from '../../plan/random.ts';
import { evolve } from '../../strategy/evolve.ts';
import type { LearningEvent, StrategyPopulation } from '../../strategy/strategy.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';

export interface Evolution {
  readonly population: StrategyPopulation;
  readonly events: readonly LearningEvent[];
  readonly runsReplayed: number;
}

/** Runs before the first round, and between two: what a maintainer can expect to see within a week or two. */
const FIRST_AFTER_RUNS = 50;
const EVERY_RUNS = 100;
/** The newest runs are replayed: they prove enough, and a round costs milliseconds however long the history. */
const REPLAYED_RUNS = 400;

/** True from 50 runs on, and then after every 100 more. */
export function evolutionDue({ runsLearned, runsAtLastEvolution }: StrategyPopulation): boolean {
  return runsAtLastEvolution === 0
    ? runsLearned >= FIRST_AFTER_RUNS
    : runsLearned - runsAtLastEvolution >= EVERY_RUNS;
}

/** One round of evolution on the newest runs. A repeated call does the same. `guests`: genes from elsewhere. */
export function evolveOn(
  population: StrategyPopulation,
  runs: RunHistory,
  { now, guests = [] }: { readonly now: number; readonly guests?: readonly Genes[] },
): Evolution {
  const newest = runs.slice(-REPLAYED_RUNS).filter((run) => run.endedAt !== null);
  const replay = prepareReplay(newest);
  const { population: evolved, events } = evolve(population, {
    replay: (genes: Genes) => replay.errors(mixOf(genes)),
    random: seededRandom(population.runsLearned),
    now,
    guests,
  });
  const lastEvolution = { at: now, runsReplayed: replay.runs, events: [...events] };
  return { population: { ...evolved, lastEvolution }, events, runsReplayed: replay.runs };
}

/** One round of evolution for a repository, when somebody asks for it. */
export async function evolveRepository(context: Context, repositoryId: number): Promise<Evolution> {
  const state = await knownRepository(context, repositoryId);
  const evolution = evolveOn(state.population, state.runs, {
    now: context.clock.now(),
    guests: state.learned.priors?.genomes ?? [],
  });
  const { population, events } = evolution;
  await context.store.apply(repositoryId, { population, learningEvents: events });
  return evolution;
}
