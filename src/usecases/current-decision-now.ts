import type { Decision } from '../plan/decision.ts';
import { currentDecision } from '../proposal/current-decision.ts';
import { configuredMode, modeInForce } from './configured-mode.ts';
import type { Context } from './context.ts';
import type { RepositoryState } from './ports.ts';

/** The decision that every door answers from, with the gate of the mode as the configuration has it now. */
export async function currentDecisionNow(
  context: Context,
  state: RepositoryState,
): Promise<Decision | undefined> {
  if (state.decisions.length === 0) return undefined;
  const { mode } = modeInForce(context, state, await configuredMode(context, state));
  return currentDecision(state, { now: context.clock.now(), mode });
}
