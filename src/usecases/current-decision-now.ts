import type { Decision } from '../plan/decision.ts';
import { currentDecision } from '../proposal/current-decision.ts';
import { configuredModeIfKnown, modeInForce } from './configured-mode.ts';
import type { Context } from './context.ts';
import type { RepositoryState } from './ports.ts';

/** The decision that every door answers from, with the gate of the mode as the configuration has it now. */
export async function currentDecisionNow(
  context: Context,
  state: RepositoryState,
): Promise<Decision | undefined> {
  if (state.decisions.length === 0) return undefined;
  const now = context.clock.now();
  const { mode: configured, isKnown } = await configuredModeIfKnown(context, state);
  // A configuration that cannot be read now says nothing of the mode: the recorded gate stays.
  if (!isKnown) return currentDecision(state, { now });
  return currentDecision(state, { now, mode: modeInForce(context, state, configured).mode });
}
