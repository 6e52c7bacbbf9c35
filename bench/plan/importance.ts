import type { ScheduleDecision } from '../../src/plan/decision.ts';
import { planSchedules } from '../../src/plan/plan.ts';
import { mean } from '../../src/statistics.ts';
import { type Case, FIRST_ROUND, inputOf } from './case.ts';

/** The factors of `importance: high`, `normal` and `low`. */
const FACTORS = [2, 1, 0.5] as const;
/** Schedules of each set that are marked in turn. */
const MARKED_EACH = 5;

/** What one round promises where one schedule of a set is marked. */
export interface Marked {
  readonly factor: number;
  /** Of the marked one: whether it moves, and expected minutes of waiting that the round saves it a tick. */
  readonly moves: boolean;
  readonly ownSaved: number;
  /** Of all others: mean minutes saved a tick. */
  readonly othersSaved: number;
  /** Overlap of the whole repository, as a share of today's. */
  readonly overlap: number;
}

/** One round for each factor of each of some schedules of a set. */
export function markedOf(of: Case): readonly Marked[] {
  const input = inputOf(of, FIRST_ROUND, {});
  const movable = input.schedules.filter(
    ({ refusal, candidates }) => refusal === null && candidates.length > 0,
  );
  return movable.slice(0, MARKED_EACH).flatMap(({ key }) =>
    FACTORS.map((factor): Marked => {
      const schedules = input.schedules.map((one) =>
        one.key === key ? { ...one, importance: factor } : one,
      );
      const plan = planSchedules({ ...input, schedules }, 1);
      const own = plan.schedules.filter((row) => row.key === key);
      const { before, after } = plan.terms;
      return {
        factor,
        moves: own.some(({ outcome }) => outcome === 'move'),
        ownSaved: mean(own.map(saved)),
        othersSaved: mean(plan.schedules.filter((row) => row.key !== key).map(saved)),
        overlap: before.overlap > 0 ? after.overlap / before.overlap : 1,
      };
    }),
  );
}

function saved({ outcome, today, proposed }: ScheduleDecision): number {
  if (outcome !== 'move' || today === null || proposed === null) return 0;
  return today.latenessMedianMinutes - proposed.latenessMedianMinutes;
}
