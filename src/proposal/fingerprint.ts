import type { Proposal, ProposedMove } from './proposal.ts';

/**
 * A closed move may be proposed again when its benefit has grown by so much: forecasts vary by less than a fifth of a
 * schedule's present cost from week to week.
 */
const STRONGER_BENEFIT = 0.2;

/** One line that names a move: path, entry, proposed cron and the reason for it. */
export function fingerprint(move: ProposedMove): string {
  return [move.path, move.index, move.to, move.evidence?.reason ?? 'unknown'].join('|');
}

/**
 * Whether a refusal of `refused` also holds for `asked`: it is the same entry with the same present cron, whatever
 * the new time, and the evidence is neither much stronger nor of another kind.
 */
function isRefusedBy(asked: ProposedMove, refused: ProposedMove): boolean {
  if (refused.key !== asked.key || refused.from !== asked.from) return false;
  if (refused.evidence === undefined || asked.evidence === undefined) return true;
  if (refused.evidence.reason !== asked.evidence.reason) return false;
  return asked.evidence.benefit < refused.evidence.benefit + STRONGER_BENEFIT;
}

/** Whether a proposal was refused: closed, or not merged until it expired. */
function isRefusal({ state }: Proposal): boolean {
  return state === 'closed' || state === 'expired';
}

/** The moves among `moves` that a maintainer has refused before on evidence that was about as good. */
export function refusedMoves(
  proposals: readonly Proposal[],
  moves: readonly ProposedMove[],
): readonly ProposedMove[] {
  const refused = proposals.filter(isRefusal).flatMap((proposal) => proposal.moves);
  return moves.filter((asked) => refused.some((earlier) => isRefusedBy(asked, earlier)));
}

/** Whether any of `moves` was refused before and the evidence has not changed. */
export function wasRefused(proposals: readonly Proposal[], moves: readonly ProposedMove[]): boolean {
  return refusedMoves(proposals, moves).length > 0;
}
