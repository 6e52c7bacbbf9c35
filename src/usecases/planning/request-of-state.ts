import type { Config } from '../../config/config.ts';
import { waitingWorkflows } from '../../history/waiting.ts';
import { blockedPaths, punctualPaths } from '../../on-time/state.ts';
import { type Context, confidenceFitOf } from '../context.ts';
import type { RepositoryState } from '../ports.ts';
import type { DecisionRequest } from './decide.ts';
import { jobsElsewhere } from './shared-runners.ts';

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
