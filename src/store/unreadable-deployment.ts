import { codeOf, GIVE_FILES_BACK, isDenied } from '../disk/disk-errors.ts';
import { OffbeatError } from '../errors.ts';
import { Deployment } from '../proposal/deployment.ts';

/** How long a delivery waits before the next attempt to read the operator's decisions. */
const LOOK_AGAIN_MS = 15_000;

const UNREADABLE = "The operator's decisions cannot be read. Until they can, an emergency stop is in force.";
const RESTORE =
  'Restore it from a backup; or set the emergency stop, which begins anew without rollouts, and lift it.';

/**
 * The error for unreadable decisions of the operator. They may contain a stop, so effects are held and deliveries wait.
 * `where` is the name of a file or table, not a path, as everybody may see the sentence.
 */
export function deploymentUnreadable(where: string, cause: unknown): OffbeatError {
  const denied = isDenied(cause);
  const message = denied ? UNREADABLE.replace('read.', `read (${codeOf(cause)}).`) : UNREADABLE;
  return new OffbeatError('stop-unreadable', message, {
    where,
    fix: denied ? GIVE_FILES_BACK : RESTORE,
    cause,
    retryAfterMs: LOOK_AGAIN_MS,
  });
}

/**
 * The decisions after a change to unreadable ones. Setting the emergency stop replaces them with a new file that holds
 * only the stop. Any other change would overwrite decisions that nobody has read, and throws `unreadable`.
 */
export function changedUnread(
  update: (deployment: Deployment) => Deployment,
  unreadable: OffbeatError,
): Deployment {
  const emergencyStop = { at: 0, by: null, why: UNREADABLE };
  let next: Deployment;
  try {
    next = update({ version: 1, emergencyStop, rollouts: [] });
  } catch {
    // It may miss a rollout that the unread decisions hold: its error would be a guess.
    throw unreadable;
  }
  if (next.emergencyStop === null || next.emergencyStop === emergencyStop) throw unreadable;
  return Deployment.parse(next);
}
