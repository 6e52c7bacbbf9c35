import { z } from 'zod';
import { MeasuredMove } from '../plan/confidence-fit.ts';
import { isInRollout, Rollout, withoutRepository } from './rollout.ts';
import { Uptime } from './uptime.ts';

/** The rollout that gates proposals: a new version of the planner. */
export const PLANNER_ROLLOUT = 'planner';

/**
 * The rollout that compares two planners: repositories that it has reached are planned by the default strategy alone,
 * the others by the strategy that promises most.
 */
export const DEFAULT_STRATEGY_ROLLOUT = 'default-strategy';

/** Newest measured proposals that are kept: GitHub's lateness changes, and so does what can be known of it. */
const MOST_MEASURED = 300;

/** Decisions of the operator for all repositories, and measurements over all of them. */
export const Deployment = z.object({
  version: z.literal(1),
  /** Nothing is written to GitHub while it is set. */
  emergencyStop: z.object({ at: z.number(), by: z.string().nullable(), why: z.string() }).nullable(),
  rollouts: z.array(Rollout),
  /** When a process was up; missing before the first. */
  uptime: Uptime.optional(),
  /** Proposals whose moves were measured, newest last: from them the confidence of moves is fitted anew. */
  measured: z
    .array(z.object({ proposal: z.string(), moves: z.array(MeasuredMove) }))
    .max(MOST_MEASURED)
    .optional(),
});
export type Deployment = z.infer<typeof Deployment>;

/** No emergency stop and no rollout. */
export function emptyDeployment(): Deployment {
  return { version: 1, emergencyStop: null, rollouts: [] };
}

/** Whether a rollout has reached a repository; true where no such rollout is under way. */
export function isRolledOut({ rollouts }: Deployment, name: string, repositoryId: number): boolean {
  const rollout = rollouts.find((one) => one.name === name);
  return rollout === undefined || isInRollout(rollout, repositoryId);
}

/** Whether a repository has the new one of two versions that are compared; false where no such rollout is under way. */
export function hasNewVersion({ rollouts }: Deployment, name: string, repositoryId: number): boolean {
  const rollout = rollouts.find((one) => one.name === name);
  return rollout !== undefined && isInRollout(rollout, repositoryId);
}

/** The deployment with one rollout changed or added. */
export function withRollout(deployment: Deployment, rollout: Rollout): Deployment {
  const others = deployment.rollouts.filter(({ name }) => name !== rollout.name);
  return { ...deployment, rollouts: [...others, rollout] };
}

/** Stands for every proposal whose repository is forgotten. */
const FORGOTTEN_PROPOSAL = '';

/**
 * The deployment without the id of one repository. Its measurements stay, with no repository named, so that comparisons
 * and the confidence of moves do not change. `deployment` itself where it holds nothing of that repository.
 */
export function withRepositoryForgotten(deployment: Deployment, repositoryId: number): Deployment {
  const isOfIt = (proposal: string): boolean => proposal.startsWith(`${repositoryId}#`);
  const { rollouts, measured = [] } = deployment;
  const isCompared = rollouts.some(({ outcomes = [] }) =>
    outcomes.some((outcome) => outcome.repositoryId === repositoryId),
  );
  if (!isCompared && !measured.some(({ proposal }) => isOfIt(proposal))) return deployment;
  return {
    ...deployment,
    rollouts: rollouts.map((rollout) => withoutRepository(rollout, repositoryId)),
    measured: measured.map((one) => (isOfIt(one.proposal) ? { ...one, proposal: FORGOTTEN_PROPOSAL } : one)),
  };
}

/** The deployment with the measured moves of one proposal (`REPOSITORY_ID#PULL`); each counts once. */
export function withMeasuredMoves(
  deployment: Deployment,
  proposal: string,
  moves: readonly MeasuredMove[],
): Deployment {
  const others = (deployment.measured ?? []).filter((one) => one.proposal !== proposal);
  return {
    ...deployment,
    measured: [...others, { proposal, moves: [...moves] }].slice(-MOST_MEASURED),
  };
}
