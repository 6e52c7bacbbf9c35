import { codeOf, GIVE_FILES_BACK, isDenied } from '../disk/disk-errors.ts';
import { OffbeatError } from '../errors.ts';
import { Deployment } from '../proposal/deployment.ts';

/** How long a delivery waits before it is tried again whether the operator's decisions can be read. */
const LOOK_AGAIN_MS = 15_000;

const UNREADABLE =
  'What the operator has decided cannot be read. Until it can, this counts as an emergency stop.';
const RESTORE =
  'Restore it from a backup; or set the emergency stop, which begins anew without rollouts, and lift it.';

/**
 * The error for decisions of the operator that cannot be read: a stop among them must not be overlooked, so that
 * effects are held and deliveries wait. `where` names a file or a table and no path, since the sentence is shown at
 * every door.
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
 * What a change makes of decisions that cannot be read: an emergency stop takes effect whatever else was decided, and
 * begins anew. Any other change would take back what nobody has read; for it `unreadable` is thrown.
 */
export function changedUnread(
  update: (deployment: Deployment) => Deployment,
  unreadable: OffbeatError,
): Deployment {
  const emergencyStop = { at: 0, by: null, why: UNREADABLE };
  const next = update({ version: 1, emergencyStop, rollouts: [] });
  if (next.emergencyStop === null || next.emergencyStop === emergencyStop) throw unreadable;
  return Deployment.parse(next);
}
