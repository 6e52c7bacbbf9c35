import type { Priors } from '../../forecast/priors.ts';
import { priorsOf, summarise } from '../../forecast/summarise.ts';
import { homeOf } from '../../strategy/adapt.ts';
import { leadingStrategy, performanceBound } from '../../strategy/choose.ts';
import { defaultStrategy } from '../../strategy/population.ts';
import { DEFAULT_STRATEGY, type StrategyPopulation } from '../../strategy/strategy.ts';
import type { Context } from '../context.ts';
import type { RepositoryProfile, RepositoryState } from '../ports.ts';

/** Other repositories that are read for a new one: more would say the same and cost a read each. */
const MOST_REPOSITORIES = 20;

/** True for a repository that has learned nothing yet and has not asked the others. */
export function knowsNothing({ learned }: RepositoryState): boolean {
  return learned.priors === undefined && Object.keys(learned.streams).length === 0;
}

/** What a new repository learns from those of its installation, and from others where both say `share-learning`. */
export async function gatherPriors(context: Context, asking: RepositoryState): Promise<Priors | null> {
  const profiles = await context.store.profiles();
  const states: RepositoryState[] = [];
  for (const profile of learningSources(profiles, asking)) {
    if (states.length === MOST_REPOSITORIES) break;
    const state = await context.store.load(profile.id);
    if (state !== undefined && sharesLearningWith(state, asking)) states.push(state);
  }
  const summaries = states.map(({ learned }) => summarise(learned)).filter((summary) => summary !== null);
  const genomes = states.flatMap(({ population }) => {
    const leader = leadingStrategy(population);
    const proven =
      leader.name !== DEFAULT_STRATEGY &&
      performanceBound(leader) > performanceBound(defaultStrategy(population));
    return proven ? [homeOf(leader)] : [];
  });
  return priorsOf(summaries, genomes);
}

/** Repositories of the same installation first. */
function learningSources(
  profiles: readonly RepositoryProfile[],
  { profile: own, population }: RepositoryState,
): readonly RepositoryProfile[] {
  const others = profiles.filter(({ id, removedAt }) => id !== own.id && removedAt === null);
  const isNear = ({ installationId }: RepositoryProfile): boolean => installationId === own.installationId;
  const far = population.sharesLearning === true ? others.filter((one) => !isNear(one)) : [];
  return [...others.filter(isNear), ...far.slice(0, MOST_REPOSITORIES)];
}

function sharesLearningWith({ profile, population }: RepositoryState, asking: RepositoryState): boolean {
  if (profile.installationId === asking.profile.installationId) return true;
  return population.sharesLearning === true && asking.population.sharesLearning === true;
}

/** Keeps a population. Where it may share from now on and its own installation taught nothing, others are asked too. */
export async function keepPopulation(
  context: Context,
  state: RepositoryState,
  population: StrategyPopulation,
): Promise<void> {
  const begins = population.sharesLearning === true && state.population.sharesLearning !== true;
  if (!begins || state.learned.priors !== null) {
    await context.store.apply(state.profile.id, { population });
    return;
  }
  const priors = await gatherPriors(context, { ...state, population });
  await context.store.apply(state.profile.id, { population, learned: { priors } });
}
