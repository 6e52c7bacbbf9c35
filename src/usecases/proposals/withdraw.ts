import type { Proposal } from '../../proposal/proposal.ts';
import { renderWithdrawn } from '../../render/withdrawn.ts';
import type { Context } from '../context.ts';
import type { ConnectedRepository, RepositoryState } from '../ports.ts';
import { advanceProposal } from './advance-proposal.ts';

/**
 * Closes a pull request of the App's own that nobody needs any more. Why stands at the top of its text, so that
 * closing is the one thing that notifies.
 */
export async function withdraw(
  context: Context,
  state: RepositoryState,
  proposal: Proposal,
  { reader, writer }: ConnectedRepository,
  { event, why }: { readonly event: 'supersede' | 'expire'; readonly why: string },
): Promise<void> {
  if (writer === null) return;
  const pull = await reader.pull(proposal.pullNumber);
  // First on GitHub: a crash between the two is mended by its own word that the App has closed it.
  if (pull?.open === true) {
    await writer.updatePull(proposal.pullNumber, { body: renderWithdrawn(why, pull.body), close: true });
  }
  await advanceProposal(context, state.profile.id, proposal, { event, by: null, what: why });
}
