import { isRolledOut, PLANNER_ROLLOUT } from '../proposal/deployment.ts';
import type { Context } from '../usecases/context.ts';
import { noteForRollout } from '../usecases/maintenance/flags.ts';
import type { Deployments } from '../usecases/ports.ts';

/** A context under what the operator has decided by now: the emergency stop, and which repositories are rolled out. */
export async function withOperatorControls(context: Context, deployments: Deployments): Promise<Context> {
  const deployment = await deployments.load();
  return {
    ...context,
    emergencyStop: context.emergencyStop || deployment.emergencyStop !== null,
    rollout: (repositoryId) => isRolledOut(deployment, PLANNER_ROLLOUT, repositoryId),
    onOutcome: (seen) => noteForRollout(deployments, PLANNER_ROLLOUT, seen),
  };
}

/** The operator's decision is looked up again after this long. */
const FRESH_MS = 1_000;

/**
 * Tells whether all writing is stopped, to callers that cannot wait for the answer; a change shows within a second or two.
 * `fixed` is the emergency stop of the environment.
 */
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
        // A stop that cannot be read must not be missed: the next delivery says what is wrong.
        () => {
          stopped = true;
        },
      );
    }
    return fixed || stopped;
  };
}
