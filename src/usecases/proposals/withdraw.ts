import type { Proposal } from '../../proposal/proposal.ts';
import { renderWithdrawn } from '../../render/withdrawn.ts';
import type { Context } from '../context.ts';
import type { ConnectedRepository, RepositoryState } from '../ports.ts';
import { type Attempt, unlessRefused } from '../unless-refused.ts';
import { advanceProposal } from './advance-proposal.ts';

export interface Withdrawal {
  readonly event: 'supersede' | 'expire';
  readonly why: string;
  /** True where somebody has asked for it: then an earlier refusal of GitHub is no obstacle. */
  readonly asked?: boolean;
}

/** Closes a pull request that nobody needs any more; why stands in its text, so that only closing notifies. */
export async function withdraw(
  context: Context,
  state: RepositoryState,
  proposal: Proposal,
  { reader, writer }: ConnectedRepository,
  { event, why, asked = false }: Withdrawal,
): Promise<Attempt<void>> {
  if (writer === null) return { kind: 'done', value: undefined };
  const repositoryId = state.profile.id;
  const { pullNumber } = proposal;
  return unlessRefused(
    context,
    repositoryId,
    `withdrawal #${pullNumber}`,
    async () => {
      const pull = await reader.pull(proposal);
      // First on GitHub: a crash between the two is mended by its own word that the App has closed it.
      if (pull?.open === true) {
        await writer.updatePull(pullNumber, { body: renderWithdrawn(why, pull.body), close: true });
      }
      await advanceProposal(context, repositoryId, proposal, { event, by: null, what: why });
    },
    { asked },
  );
}
