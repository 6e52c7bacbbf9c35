import type { Decision } from '../plan/decision.ts';
import { DAY_MINUTES } from '../time.ts';
import { movesOf } from './moves.ts';
import type { Proposal, ProposedMove } from './proposal.ts';

/** Moves whose times differ by at most so much are the same proposal: forecasts vary by more. */
const SAME_TIME_MINUTES = 60;

/** A new decision has to save so much more of the repository's cost before people are asked to review again. */
const BETTER_BY = 0.05;

/** The next step for an open pull request after another planning round. */
export type Revision =
  | { readonly kind: 'keep'; readonly why: string }
  | { readonly kind: 'update' }
  /** None of its moves is possible any more. */
  | { readonly kind: 'supersede'; readonly why: string };

export interface RevisionFacts {
  readonly open: Proposal;
  readonly decision: Decision;
  /** Benefit of the decision that the open pull request carries; `null` where it is not known. */
  readonly benefit: number | null;
  /** True where a person has asked for this round: then any gain is enough. */
  readonly asked: boolean;
  /** True where the files were rearranged since the pull request was written, see `wasRearranged`. */
  readonly isRearranged?: boolean;
}

/** Whether a schedule of an open pull request stands at another place than in the decision that it carries. */
export function wasRearranged({ moves }: Proposal, carried: Decision | undefined): boolean {
  if (carried === undefined) return false;
  return moves.some((move) =>
    carried.schedules.every(({ key, cron }) => key !== move.key || cron !== move.from),
  );
}

/** What to do with an open pull request: people review it once, so it is changed only for a good reason. */
export function revise({ open, decision, benefit, asked, isRearranged = false }: RevisionFacts): Revision {
  const keep = (why: string): Revision => ({ kind: 'keep', why });
  const { pullNumber } = open;
  if (open.takenOverBy !== undefined) {
    return keep(`Somebody else has committed to the branch of #${pullNumber}, which is left to them.`);
  }
  const possible = open.moves.filter((move) => isPossible(move, decision));
  const moves = movesOf(decision);
  if (possible.length === 0 && moves.length === 0) {
    return { kind: 'supersede', why: 'The cron lines that it moves have been changed or left alone since.' };
  }
  if (possible.length < open.moves.length || (isRearranged && moves.length > 0)) return { kind: 'update' };
  if (sameMoves(open.moves, moves, 0)) return keep(`Pull request #${pullNumber} says just this.`);
  if (moves.length === 0) {
    return keep(`Pull request #${pullNumber} waits for an answer; nothing speaks against it.`);
  }
  const isBetter = decision.benefit > (benefit ?? 0) + (asked ? 0 : BETTER_BY);
  return isBetter && !sameMoves(open.moves, moves, SAME_TIME_MINUTES)
    ? { kind: 'update' }
    : keep(`Pull request #${pullNumber} is open, and this round differs from it by too little to ask again.`);
}

/** Whether a move is still possible: its schedule is still there, at the same cron, and may move. */
function isPossible(move: ProposedMove, { schedules }: Decision): boolean {
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

/** First minute of the day at which a cron ticks, where its first two fields are plain numbers; else `null`. */
function minuteOfDay(cron: string): number | null {
  const found = /^(\d{1,2}) (\d{1,2}) /.exec(cron);
  return found === null ? null : Number(found[2]) * 60 + Number(found[1]);
}

function isNear(one: string, other: string, withinMinutes: number): boolean {
  const [a, b] = [minuteOfDay(one), minuteOfDay(other)];
  if (a === null || b === null) return false;
  const distance = Math.abs(a - b);
  return Math.min(distance, DAY_MINUTES - distance) <= withinMinutes && withinMinutes > 0;
}
