import { isRolledOut, PLANNER_ROLLOUT } from '../proposal/deployment.ts';
import type { Context, Planning } from '../usecases/context.ts';
import { noteForRollout } from '../usecases/flags.ts';
import type { Deployments } from '../usecases/ports.ts';

/** A context under what the operator has decided by now: the emergency stop, and whose turn it is. */
export async function governed(
  context: Context,
  deployments: Deployments,
  planning?: Planning,
): Promise<Context> {
  const deployment = await deployments.load();
  return {
    ...context,
    emergencyStop: context.emergencyStop || deployment.emergencyStop !== null,
    rollout: (repositoryId) => isRolledOut(deployment, PLANNER_ROLLOUT, repositoryId),
    onOutcome: (seen) => noteForRollout(deployments, PLANNER_ROLLOUT, seen),
    ...(planning === undefined ? {} : { planning }),
  };
}

/** What was decided is looked up again after this long. */
const FRESH_MS = 1_000;

/** Tells whether all writing is stopped, to those who cannot wait for the answer; a change shows within a second or two. */
export function stopSwitch(fixed: boolean, deployments: Deployments): () => boolean {
  let stopped = false;
  let readAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (!fixed && performance.now() - readAt > FRESH_MS) {
      readAt = performance.now();
      deployments.load().then(
        ({ emergencyStop }) => {
          stopped = emergencyStop !== null;
        },
        // What cannot be read must not be overlooked: the next delivery says what is wrong.
        () => {
          stopped = true;
        },
      );
    }
    return fixed || stopped;
  };
}
