import type { Config } from '../../config/config.ts';
import { sharedRunners } from '../../config/runners.ts';
import { waitingWorkflows } from '../../history/waiting.ts';
import { blockedPaths, punctualPaths } from '../../on-time/state.ts';
import { loadsTogether } from '../../plan/shared-load.ts';
import { type Context, confidenceFitOf } from '../context.ts';
import type { RepositoryProfile, RepositoryState } from '../ports.ts';
import type { DecisionRequest } from './decide.ts';
import type { PlanSources } from './plan-input.ts';

/** What every planning round takes from the stores; files, trigger and time are the caller's. */
export async function requestOfState(
  context: Context,
  state: RepositoryState,
  config: Config,
): Promise<Omit<DecisionRequest, 'sources' | 'config' | 'trigger' | 'now'>> {
  return {
    learned: state.learned,
    pool: await context.store.loadLatenessPool(),
    proposals: state.proposals,
    waiting: waitingWorkflows(state.runs),
    punctual: punctualPaths(state.onTime),
    blocked: blockedPaths(state.onTime),
    ...(await jobsElsewhere(context, state.profile, config)),
    ...confidenceFitOf(context),
    population: state.population,
    decisionsBefore: state.decisions.length,
  };
}

/** Expected jobs of an installation's other repositories on shared runners, by the newest rounds; else none. */
export async function jobsElsewhere(
  { store, clock }: Pick<Context, 'store' | 'clock'>,
  { id, installationId }: RepositoryProfile,
  config: Config,
): Promise<Pick<PlanSources, 'elsewhere'>> {
  const names = sharedRunners(config);
  if (names.length === 0) return {};
  const left = await store.sharedLoads(installationId);
  const others = left.filter(({ repositoryId }) => repositoryId !== id);
  return { elsewhere: loadsTogether(others, names, clock.now()) };
}
