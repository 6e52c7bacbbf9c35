import { OffbeatError } from '../../errors.ts';
import type { Proposal } from '../../proposal/proposal.ts';
import { isMeasured } from '../../proposal/record.ts';
import { mergedAt, wasMerged } from '../../proposal/state.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import { rollBack } from './roll-back.ts';

/**
 * Opens the pull request that takes a merged one back: that of a number, else the newest. Throws `not-found` where
 * there is none, or nothing of it is left.
 */
export async function undo(
  context: Context,
  repositoryId: number,
  wish: { readonly pullNumber: number | null; readonly by: string | null },
): Promise<Proposal> {
  const state = await knownRepository(context, repositoryId);
  const merged = state.proposals
    .filter((proposal) => isMeasured(proposal) && wasMerged(proposal))
    .toSorted((a, b) => mergedAt(b) - mergedAt(a));
  const onTime = mergedOnTime(state.proposals, wish.pullNumber, merged.length > 0);
  if (onTime !== undefined) {
    throw new OffbeatError('not-found', `#${onTime.pullNumber} has workflows started on time.`, {
      fix: 'To take that back, write `/on-time off`, or `/on-time WORKFLOW off`: a pull request puts the lines back.',
    });
  }
  const wanted = merged.find(({ pullNumber }) => pullNumber === wish.pullNumber) ?? merged[0];
  if (wanted === undefined) {
    throw new OffbeatError(
      'not-found',
      'No pull request of Offbeat was merged here, so there is nothing to undo.',
    );
  }
  if (wanted.state === 'rolled-back') {
    throw new OffbeatError('not-found', `#${wanted.pullNumber} was taken back already.`);
  }
  if (context.emergencyStop) {
    throw new OffbeatError('command-invalid', 'The operator has stopped all writing (emergency stop).');
  }
  return rollBack(context, state, {
    connected: await context.github.connect(state.profile),
    proposal: wanted,
    verdict: null,
    askedBy: wish.by,
  });
}

/** The pull request of on time that is meant: by its number, or the newest where no other was merged. */
function mergedOnTime(
  proposals: readonly Proposal[],
  pullNumber: number | null,
  hasOthers: boolean,
): Proposal | undefined {
  const merged = proposals.filter((proposal) => proposal.onTime !== undefined && wasMerged(proposal));
  const meant =
    merged.find((proposal) => proposal.pullNumber === pullNumber) ?? (hasOthers ? undefined : merged.at(-1));
  return meant?.onTime?.some(({ to }) => to !== 'off') === true ? meant : undefined;
}
