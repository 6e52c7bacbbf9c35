import { OffbeatError } from '../../errors.ts';
import type { Proposal } from '../../proposal/proposal.ts';
import { isMeasurable } from '../../proposal/record.ts';
import { mergedAt, wasMerged } from '../../proposal/state.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import { rollBack } from './roll-back.ts';

export interface UndoWish {
  /** The pull request that was named; `null` where none was. */
  readonly pullNumber: number | null;
  /** The issue or pull request whose comment asks; it is meant where it is one that was merged. */
  readonly commentedOn?: number | null;
  readonly by: string | null;
}

/** Opens the pull request that takes back the one named, else commented on, else newest. Throws `not-found`. */
export async function undo(context: Context, repositoryId: number, wish: UndoWish): Promise<Proposal> {
  const state = await knownRepository(context, repositoryId);
  const merged = state.proposals
    .filter((proposal) => isMeasurable(proposal) && wasMerged(proposal))
    .toSorted((a, b) => mergedAt(b) - mergedAt(a));
  const place = wish.pullNumber ?? wish.commentedOn ?? null;
  const takesNewest = wish.pullNumber === null;
  const onTime = mergedOnTime(state.proposals, place, takesNewest && merged.length === 0);
  if (onTime !== undefined) {
    throw new OffbeatError('not-found', `#${onTime.pullNumber} has workflows started on time.`, {
      fix: 'To take that back, write `/on-time off`, or `/on-time WORKFLOW off`: a pull request puts the lines back.',
    });
  }
  const wanted =
    merged.find(({ pullNumber }) => pullNumber === place) ?? (takesNewest ? merged[0] : undefined);
  if (wanted === undefined) {
    if (wish.pullNumber !== null) throw notMerged(state.proposals, wish.pullNumber, merged);
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

/** What a named pull request is instead of one that can be taken back, and which of them can. */
function notMerged(
  proposals: readonly Proposal[],
  pullNumber: number,
  merged: readonly Proposal[],
): OffbeatError {
  const left = merged.filter(({ state }) => state !== 'rolled-back');
  const [newest] = left;
  const numbers = left.map((one) => `#${one.pullNumber}`).slice(0, NAMED);
  const others = left.length > NAMED ? ` and ${left.length - NAMED} more` : '';
  return new OffbeatError('not-found', whatItIs(proposals, pullNumber), {
    fix:
      newest === undefined
        ? 'No pull request of Offbeat was merged here that could be taken back.'
        : `Merged were ${numbers.join(', ')}${others}: write for example \`/undo ${newest.pullNumber}\`.`,
  });
}

/** Merged pull requests that a refusal names, the newest first. */
const NAMED = 5;

function whatItIs(proposals: readonly Proposal[], pullNumber: number): string {
  const known = proposals.find((proposal) => proposal.pullNumber === pullNumber);
  if (known === undefined) return `#${pullNumber} is no pull request of Offbeat.`;
  if (!wasMerged(known)) return `#${pullNumber} was not merged, so nothing of it is in force.`;
  return known.reverts === undefined
    ? `#${pullNumber} has put workflows back on GitHub's schedule; \`/on-time\` starts them on time again.`
    : `#${pullNumber} took #${known.reverts} back itself.`;
}

/** The pull request of on time that is meant: by its number, or the newest where `takesNewest`. */
function mergedOnTime(
  proposals: readonly Proposal[],
  pullNumber: number | null,
  takesNewest: boolean,
): Proposal | undefined {
  const merged = proposals.filter((proposal) => proposal.onTime !== undefined && wasMerged(proposal));
  const meant =
    merged.find((proposal) => proposal.pullNumber === pullNumber) ??
    (takesNewest ? merged.at(-1) : undefined);
  return meant?.onTime?.some(({ to }) => to !== 'off') === true ? meant : undefined;
}
