import type { StoppedBy } from '../http/api/general-endpoints.ts';
import {
  DEFAULT_STRATEGY_ROLLOUT,
  hasNewVersion,
  isRolledOut,
  PLANNER_ROLLOUT,
  withMeasuredMoves,
} from '../proposal/deployment.ts';
import type { Context } from '../usecases/context.ts';
import { noteForRollout, noteOutcome } from '../usecases/maintenance/flags.ts';
import type { Deployments } from '../usecases/ports.ts';

/** True where all writing is stopped: by the environment (`fixed`), by the operator, or by unreadable decisions. */
export async function isStopped(fixed: boolean, deployments: Deployments): Promise<boolean> {
  return (await stoppedBy(fixed, deployments)) !== null;
}

/** The reason why all writing is stopped; `null` where it is not. */
export async function stoppedBy(fixed: boolean, deployments: Deployments): Promise<StoppedBy | null> {
  if (fixed) return 'environment';
  return deployments.load().then(
    ({ emergencyStop }) => (emergencyStop === null ? null : 'operator'),
    () => 'unreadable',
  );
}

/** A context for a question or a command, which do not wait. Unreadable decisions count as an emergency stop. */
export async function withOperatorControlsOrStopped(
  context: Context,
  deployments: Deployments,
): Promise<Context> {
  try {
    return await withOperatorControls(context, deployments);
  } catch (error) {
    context.log.warn(
      { err: error },
      'The operator’s decisions cannot be read, and count as an emergency stop',
    );
    return { ...context, emergencyStop: true };
  }
}

/** A context with the operator's current stop and rollouts. Throws `stop-unreadable`: then a delivery waits. */
export async function withOperatorControls(context: Context, deployments: Deployments): Promise<Context> {
  const deployment = await deployments.load();
  return {
    ...context,
    emergencyStop: context.emergencyStop || deployment.emergencyStop !== null,
    rollout: (repositoryId) => isRolledOut(deployment, PLANNER_ROLLOUT, repositoryId),
    onOutcome: (seen) => noteForRollout(deployments, PLANNER_ROLLOUT, seen),
    usesDefaultStrategy: (repositoryId) => hasNewVersion(deployment, DEFAULT_STRATEGY_ROLLOUT, repositoryId),
    measuredMoves: (deployment.measured ?? []).flatMap(({ moves }) => moves),
    onMeasuredMoves: async (proposal, moves) => {
      await deployments.change((latest) => withMeasuredMoves(latest, proposal, moves));
    },
    onMeasured: (seen) => noteOutcome(deployments, seen),
  };
}

/** The operator's decisions are read again after this time. */
const FRESH_MS = 1_000;

/** A check whether all writing is stopped, a second or two old. `fixed`: the environment's emergency stop. */
export function stopSwitch(fixed: boolean, deployments: Deployments): () => boolean {
  let stopped = false;
  let readAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (!fixed && performance.now() - readAt > FRESH_MS) {
      readAt = performance.now();
      void isStopped(fixed, deployments).then((found) => {
        stopped = found;
      });
    }
    return fixed || stopped;
  };
}
