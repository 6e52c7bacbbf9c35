import { heldOff } from '../proposal/refusal-records.ts';
import type { ConnectedRepository, RepositoryState } from './ports.ts';

/** Name of the notice on the missing `workflows` permission, among those given. */
export const WORKFLOWS_NOTICE = 'workflows-permission-missing';

/**
 * Permissions that writing lacks: all of them on a read-only connection, `workflows` where GitHub has refused it
 * before. One that was refused is taken as missing for a day: then it is tried again, as any refusal.
 */
export function missingPermissions(
  { profile }: RepositoryState,
  { writer }: ConnectedRepository,
  now: number,
): readonly string[] {
  if (writer === null) return ['contents', 'pull_requests', 'workflows'];
  const isRefused = heldOff(profile.refusals, 'proposal', now) !== undefined;
  return isRefused && profile.noticesGiven.includes(WORKFLOWS_NOTICE) ? ['workflows'] : [];
}
