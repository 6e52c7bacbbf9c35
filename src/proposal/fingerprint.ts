import type { Proposal, ProposedMove } from './proposal.ts';

/**
 * By how much the share of a schedule's cost that a move takes away has to grow before a closed proposal may
 * be brought up again: a fifth of the schedule's present cost is more than a forecast wobbles by from week to
 * week.
 */
const STRONGER_BENEFIT = 0.2;

/** One line that names a move: path, entry, proposed cron and the reason for it. */
export function fingerprint(move: ProposedMove): string {
  return [move.path, move.index, move.to, move.evidence?.reason ?? 'unknown'].join('|');
}

/**
 * Whether closing `refused` also answers `asked`: the same entry with the same present cron. Another minute of
 * the same hour is the same question; other evidence (a stronger case, or another reason) is a new one.
 */
function answers(refused: ProposedMove, asked: ProposedMove): boolean {
  if (refused.key !== asked.key || refused.from !== asked.from) return false;
  if (refused.evidence === undefined || asked.evidence === undefined) return true;
  if (refused.evidence.reason !== asked.evidence.reason) return false;
  return asked.evidence.benefit < refused.evidence.benefit + STRONGER_BENEFIT;
}

/** Closing is a no. Letting it lie until it expires is one too: whoever wanted it would have merged it. */
function isNo({ state }: Proposal): boolean {
  return state === 'closed' || state === 'expired';
}

/** Those of `moves` that a maintainer has closed before, on evidence that was about as good. */
export function refusedMoves(
  proposals: readonly Proposal[],
  moves: readonly ProposedMove[],
): readonly ProposedMove[] {
  const refused = proposals.filter(isNo).flatMap((proposal) => proposal.moves);
  return moves.filter((asked) => refused.some((earlier) => answers(earlier, asked)));
}

/** True where any of `moves` was closed before and the evidence has not changed: it is not asked again. */
export function wasRefused(proposals: readonly Proposal[], moves: readonly ProposedMove[]): boolean {
  return refusedMoves(proposals, moves).length > 0;
}
