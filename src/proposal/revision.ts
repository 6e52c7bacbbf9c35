import type { Decision } from '../plan/decision.ts';
import { DAY_MINUTES } from '../time.ts';
import { minuteOfDay } from './minute-of-day.ts';
import { movesOf } from './moves.ts';
import type { Proposal, ProposedMove } from './proposal.ts';

/** A target that lies this near the proposed one is the same proposal: forecasts wobble by more. */
const SAME_TIME_MINUTES = 60;

/** So much more of the repository's cost a new decision has to take away before people are asked to look again. */
const BETTER_BY = 0.05;

/** What becomes of an open pull request after another planning round. */
export type Revision =
  | { readonly kind: 'keep'; readonly why: string }
  | { readonly kind: 'update' }
  /** Nothing of it holds any more. */
  | { readonly kind: 'supersede'; readonly why: string };

export interface RevisionFacts {
  readonly open: Proposal;
  readonly decision: Decision;
  /** Benefit of the decision that the open pull request carries; `null` where it is not known. */
  readonly benefit: number | null;
  /** True where a person has asked for this round: then any gain is worth it. */
  readonly asked: boolean;
}

/** People look at a pull request once: it is changed only for a reason that they would give themselves. */
export function revise({ open, decision, benefit, asked }: RevisionFacts): Revision {
  if (open.takenOverBy !== undefined) {
    return {
      kind: 'keep',
      why: `Somebody else has committed to the branch of #${open.pullNumber}, which is left to them.`,
    };
  }
  const standing = open.moves.filter((move) => stands(move, decision));
  const moves = movesOf(decision);
  if (standing.length === 0 && moves.length === 0) {
    return { kind: 'supersede', why: 'The cron lines that it moves have been changed or left alone since.' };
  }
  if (standing.length < open.moves.length) return { kind: 'update' };
  const isSame = sameMoves(open.moves, moves, 0);
  if (isSame) return { kind: 'keep', why: `Pull request #${open.pullNumber} says just this.` };
  if (moves.length === 0) {
    return {
      kind: 'keep',
      why: `Pull request #${open.pullNumber} waits for an answer; nothing speaks against it.`,
    };
  }
  if (
    !sameMoves(open.moves, moves, SAME_TIME_MINUTES) &&
    decision.benefit > (benefit ?? 0) + (asked ? 0 : BETTER_BY)
  ) {
    return { kind: 'update' };
  }
  return {
    kind: 'keep',
    why: `Pull request #${open.pullNumber} is open, and this round differs from it by too little to ask again.`,
  };
}

/** A schedule that is still there, still at the cron that would be moved, and may still be moved. */
function stands(move: ProposedMove, { schedules }: Decision): boolean {
  return schedules.some(
    ({ key, cron, outcome }) => key === move.key && cron === move.from && outcome !== 'refused',
  );
}

function sameMoves(
  one: readonly ProposedMove[],
  other: readonly ProposedMove[],
  withinMinutes: number,
): boolean {
  return (
    one.length === other.length &&
    one.every((move) => {
      const twin = other.find(({ key, from }) => key === move.key && from === move.from);
      return twin !== undefined && (twin.to === move.to || isNear(twin.to, move.to, withinMinutes));
    })
  );
}

function isNear(one: string, other: string, withinMinutes: number): boolean {
  const [a, b] = [minuteOfDay(one), minuteOfDay(other)];
  if (a === null || b === null) return false;
  const distance = Math.abs(a - b);
  return Math.min(distance, DAY_MINUTES - distance) <= withinMinutes && withinMinutes > 0;
}
