import { whyCircuitOpen } from '../proposal/circuit-breaker.ts';
import type { GateContext } from '../proposal/gates.ts';
import { heldOff } from '../proposal/refusal-records.ts';
import type { Context } from './context.ts';
import type { ConnectedRepository, RepositoryState } from './ports.ts';

/** What the gates of every pull request ask of a repository at `now` (epoch ms). */
export function gateContext(
  { rollout }: Pick<Context, 'rollout'>,
  state: RepositoryState,
  round: Pick<GateContext, 'now' | 'mode' | 'config'> & { readonly connected: ConnectedRepository },
): Omit<GateContext, 'configError'> {
  const { profile, proposals, care } = state;
  const { now, mode, config, connected } = round;
  return {
    now,
    mode,
    config,
    repository: profile,
    missingPermissions: missingPermissions(state, connected, now),
    proposals,
    circuitOpen: whyCircuitOpen(proposals, now),
    snoozedUntil: care.snoozedUntil,
    ...(connected.writesLeft && { writesLeft: connected.writesLeft() }),
    ...(rollout && { rolledOut: rollout(profile.id) }),
  };
}

/** Name of the notice on the missing `workflows` permission, among those given. */
export const WORKFLOWS_NOTICE = 'workflows-permission-missing';

/** Permissions that writing lacks. One that GitHub has refused counts as missing for a day: then it is tried again. */
export function missingPermissions(
  { profile }: RepositoryState,
  { writer }: ConnectedRepository,
  now: number,
): readonly string[] {
  if (writer === null) return ['contents', 'pull_requests', 'workflows'];
  const isRefused = heldOff(profile.refusals, 'proposal', now) !== undefined;
  return isRefused && profile.noticesGiven.includes(WORKFLOWS_NOTICE) ? ['workflows'] : [];
}
