import { DAY_MS, HOUR_MS } from '../time.ts';
import type { MoveReason, Proposal } from './proposal.ts';
import { proposesTimes } from './record.ts';

/** Nobody has read a pull request that was opened just now. */
const NOT_BEFORE_MS = 3 * HOUR_MS;
/** Reactions come in the first days; later ones are not asked for. */
const ASKED_FOR_MS = 14 * DAY_MS;
/** As many reactions of both kinds as count as known beforehand: one 👎 says little. */
const PRIOR = 3;
/** A kind of move never counts less than half, or more than twice, for what people think of it. */
const LEAST = 0.5;
const MOST = 2;

/** Weight of each kind of move by what the people of a repository think of it: 1 where they think nothing of it. */
export type MovePreferences = Readonly<Record<Exclude<MoveReason, 'finish-by'>, number>>;

/** Whether people's reactions to a pull request are to be read at `now` (epoch ms). */
export function shouldReadThumbs(proposal: Proposal, now: number): boolean {
  if (!proposesTimes(proposal) || now - proposal.openedAt < NOT_BEFORE_MS) return false;
  return proposal.state === 'open' || now - proposal.changedAt < ASKED_FOR_MS;
}

/**
 * What 👍 and 👎 on pull requests show for each kind of move; the kind is the move's largest gain. A reaction counts for
 * every kind of its pull request, by their shares. A `finish-by` was asked for by people, so no reaction weighs it.
 */
export function movePreferences(proposals: readonly Proposal[]): MovePreferences {
  return {
    lateness: preferenceFor('lateness', proposals),
    overlap: preferenceFor('overlap', proposals),
    failure: preferenceFor('failure', proposals),
  };
}

function preferenceFor(reason: MoveReason, proposals: readonly Proposal[]): number {
  let [up, down] = [0, 0];
  for (const { moves, thumbs } of proposals) {
    if (thumbs === undefined || moves.length === 0) continue;
    const share = moves.filter(({ evidence }) => evidence?.reason === reason).length / moves.length;
    up += share * thumbs.up;
    down += share * thumbs.down;
  }
  return Math.min(MOST, Math.max(LEAST, (up + PRIOR) / (down + PRIOR)));
}
