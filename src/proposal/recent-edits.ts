import { EDIT_DAYS } from '../plan/budget.ts';
import { DAY_MS } from '../time.ts';
import type { Proposal } from './proposal.ts';
import { mergedAt, wasMerged } from './state.ts';

/** Moves merged in the last `EDIT_DAYS` days; `now` is epoch ms. */
export function recentEdits(proposals: readonly Proposal[], now: number): number {
  return proposals
    .filter((proposal) => wasMerged(proposal) && now - mergedAt(proposal) < EDIT_DAYS * DAY_MS)
    .reduce((sum, { moves }) => sum + moves.length, 0);
}
