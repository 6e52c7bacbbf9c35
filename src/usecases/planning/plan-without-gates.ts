import type { Config } from '../../config/config.ts';
import type { Decision } from '../../plan/decision.ts';
import { type Context, planningOf } from '../context.ts';
import { withNamedFiles } from '../named-files.ts';
import type { RepositoryState, SourceFile } from '../ports.ts';
import type { DecisionRequest } from './decide.ts';
import { requestOfState } from './request-of-state.ts';

export interface UngatedPlan {
  readonly sources: readonly SourceFile[];
  readonly config: Config;
  readonly decision: Decision;
}

/** A planning round without effects or gates, by the newest files; `minConfidence` is 0–1. */
export async function planWithoutGates(
  context: Context,
  state: RepositoryState,
  minConfidence?: number,
): Promise<UngatedPlan> {
  const request = await ungatedRequest(context, state, minConfidence);
  const { decision } = await planningOf(context)(request);
  return { sources: request.sources, config: request.config, decision };
}

/** The largest value that the configuration allows. */
const MOST_EDITS = 100;

/** The request of such a round. */
export async function ungatedRequest(
  context: Context,
  state: RepositoryState,
  minConfidence?: number,
): Promise<DecisionRequest> {
  const { reader } = await context.github.connect(state.profile);
  const sources = await withNamedFiles(reader, await reader.workflowSources());
  const config = await reader.config();
  return {
    sources,
    config: {
      ...config,
      'max-change-share': 1,
      'max-edits': MOST_EDITS,
      'min-confidence': minConfidence ?? config['min-confidence'],
      'min-benefit': 0,
    },
    ...(await requestOfState(context, state, config)),
    care: state.care,
    now: context.clock.now(),
    trigger: 'command',
  };
}
