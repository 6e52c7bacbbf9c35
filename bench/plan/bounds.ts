import type { PlanInput } from '../../src/plan/input.ts';
import { planSchedules } from '../../src/plan/plan.ts';
import { boundOf } from './proof/bound.ts';
import type { ExactSolver } from './proof/branch.ts';

/**
 * Thresholds hold back on purpose; here the search itself is judged, and even one that loses may move for the others.
 */
const BARE = { minGain: -1000, minConfidence: 0, onlyNoticeable: false } as const;

/**
 * From here on more jobs are wanted than a plan's runners take at once; what that costs is no part of the relaxed
 * bound.
 */
const MANY = 100;

/** One plan beside what is proven of the best one. */
export interface ProvenPlan {
  readonly schedules: number;
  readonly cost: number;
  readonly gap: number;
  readonly method: string;
  readonly seconds: number;
}

/** Plans without thresholds, and proves for at most so many seconds how far that is from the best plan. */
export function provenPlan(input: PlanInput, solve: ExactSolver, seconds: number): ProvenPlan {
  const unlimited = input.schedules.length < MANY ? {} : { jobLimits: {} };
  const bare = { ...input, settings: { ...input.settings, ...BARE, ...unlimited } };
  const plan = planSchedules(bare, 1);
  const chosen = new Map(
    plan.schedules.filter(({ outcome }) => outcome === 'move').map(({ key, to }) => [key, to]),
  );
  const start = performance.now();
  const until = start + seconds * 1000;
  const { cost, gap, method } = boundOf(bare, chosen, { stop: () => performance.now() > until, solve });
  return {
    schedules: input.schedules.length,
    cost,
    gap,
    method,
    seconds: (performance.now() - start) / 1000,
  };
}
