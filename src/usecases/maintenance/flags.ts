import type { Clock } from '../../clock.ts';
import { OffbeatError } from '../../errors.ts';
import { nearestWord } from '../../nearest-word.ts';
import {
  DEFAULT_STRATEGY_ROLLOUT,
  type Deployment,
  PLANNER_ROLLOUT,
  withRollout,
} from '../../proposal/deployment.ts';
import {
  advanceRollout,
  beginRollout,
  breachOf,
  type Rollout,
  rollBackRollout,
  withOutcome,
} from '../../proposal/rollout.ts';
import type { MeasuredOutcome } from '../context.ts';
import type { Deployments } from '../ports.ts';

/** Rollouts that something asks for. */
const KNOWN_ROLLOUTS = [PLANNER_ROLLOUT, DEFAULT_STRATEGY_ROLLOUT] as const;

export interface FlagContext {
  readonly deployments: Deployments;
  readonly clock: Clock;
  /** Who does it; `null` at the operator's own terminal. */
  readonly by: string | null;
}

/** Sets a rollout's share (per cent), where it begins anew. Throws `usage-invalid` for a wrong name or share. */
export async function setFlag(context: FlagContext, name: string, percent: number): Promise<Deployment> {
  if (!KNOWN_ROLLOUTS.some((known) => known === name)) {
    throw new OffbeatError('usage-invalid', `There is no rollout named "${name}".`, {
      fix: `Did you mean ${nearestWord(name, KNOWN_ROLLOUTS) ?? KNOWN_ROLLOUTS[0]}?`,
    });
  }
  if (!Number.isFinite(percent) || percent < 0 || percent > 100) {
    throw new OffbeatError('usage-invalid', 'A share is a number from 0 to 100.');
  }
  const { clock, by, deployments } = context;
  return deployments.change((deployment) =>
    withRollout(deployment, beginRollout(name, percent, clock.now(), by, name === DEFAULT_STRATEGY_ROLLOUT)),
  );
}

/** Takes a rollout to its next stage. Throws `usage-invalid` with the reason where its time has not come. */
export async function advanceFlag(context: FlagContext, name: string): Promise<Deployment> {
  return change(context, name, (rollout, now) => {
    const advance = advanceRollout(rollout, now, context.by);
    if (advance.kind === 'waits') throw new OffbeatError('usage-invalid', advance.why);
    return advance.rollout;
  });
}

/** Takes a rollout back from everybody. */
export async function rollBackFlag(context: FlagContext, name: string, why: string): Promise<Deployment> {
  return change(context, name, (rollout, now) => rollBackRollout(rollout, now, context.by, why));
}

export async function setEmergencyStop(
  context: FlagContext,
  stop: boolean,
  why: string,
): Promise<Deployment> {
  const { clock, by, deployments } = context;
  return deployments.change((deployment) => ({
    ...deployment,
    emergencyStop: stop ? { at: clock.now(), by, why } : null,
  }));
}

/** Moves every rollout by the clock: on where its time has come, back where there is a breach. */
export async function turnRollouts({ deployments, clock }: Omit<FlagContext, 'by'>): Promise<void> {
  const now = clock.now();
  const turned = (rollout: Rollout): Rollout => {
    if (rollout.percent === 0) return rollout;
    const breach = breachOf(rollout, now);
    if (breach !== null) return rollBackRollout(rollout, now, null, breach);
    const advance = advanceRollout(rollout, now, null);
    return advance.kind === 'moved' ? advance.rollout : rollout;
  };
  await changeRollouts(deployments, turned);
}

/** Counts a planning round, and the verdict on a proposal, for the rollout that is under way. */
export async function noteForRollout(
  deployments: Deployments,
  name: string,
  seen: { readonly failed: boolean } | { readonly harmed: boolean },
): Promise<void> {
  await changeRollouts(deployments, (rollout) => {
    if (rollout.name !== name || !isUnderWay(rollout)) return rollout;
    return 'harmed' in seen
      ? { ...rollout, harms: [...rollout.harms, seen.harmed] }
      : {
          ...rollout,
          rounds: rollout.rounds + 1,
          failedRounds: rollout.failedRounds + (seen.failed ? 1 : 0),
        };
  });
}

/** Notes what has begun in a repository, or has come of it, for each rollout that compares two versions. */
export async function noteOutcome(deployments: Deployments, seen: MeasuredOutcome): Promise<void> {
  await changeRollouts(deployments, (rollout) =>
    isUnderWay(rollout) ? withOutcome(rollout, seen) : rollout,
  );
}

function isUnderWay({ percent }: Rollout): boolean {
  return percent > 0 && percent < 100;
}

/** Changes all rollouts; nothing is written where `update` returns each as it is. */
async function changeRollouts(
  deployments: Deployments,
  update: (rollout: Rollout) => Rollout,
): Promise<void> {
  const { rollouts } = await deployments.load();
  if (rollouts.every((rollout) => update(rollout) === rollout)) return;
  await deployments.change((deployment) => ({ ...deployment, rollouts: deployment.rollouts.map(update) }));
}

async function change(
  { deployments, clock }: FlagContext,
  name: string,
  act: (rollout: Rollout, now: number) => Rollout,
): Promise<Deployment> {
  return deployments.change((deployment) => {
    const rollout = deployment.rollouts.find((one) => one.name === name);
    if (rollout === undefined) {
      throw new OffbeatError('not-found', `No rollout named "${name}" is under way.`, {
        fix: `Begin one with "offbeat flags set ${name} 1".`,
      });
    }
    return withRollout(deployment, act(rollout, clock.now()));
  });
}
