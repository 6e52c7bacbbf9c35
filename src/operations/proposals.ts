import { z } from 'zod';
import { Proposal, ProposalState } from '../proposal/proposal.ts';
import { instant } from '../render/quantity.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import { defineOperation } from './define.ts';
import { LISTING_DOORS, type Listing, pageOf, paging, renderListing } from './listing.ts';

const Proposals = z.object({
  page: z.number().int(),
  per_page: z.number().int(),
  total: z.number().int(),
  proposals: z.array(Proposal),
});

export const proposals = defineOperation({
  name: 'proposals',
  summary: 'List the pull requests that were opened, newest first.',
  example: '/proposals --state open',
  permission: 'read',
  doors: LISTING_DOORS,
  positionals: [],
  input: z.strictObject({
    state: ProposalState.optional().describe('Only those that stand there.'),
    ...paging,
  }),
  output: Proposals,
  async run(asked, { context, repositoryId }) {
    const state = await knownRepository(context, repositoryId);
    const all = state.proposals.filter((one) => asked.state === undefined || one.state === asked.state);
    return { page: asked.page, per_page: asked.perPage, total: all.length, proposals: pageOf(all, asked) };
  },
  render: (view) => renderListing(proposalListing(view)),
});

function proposalListing(view: z.infer<typeof Proposals>): Listing {
  return {
    heads: ['Pull request', 'Opened', 'State', 'Schedules', 'Decision'],
    rows: view.proposals.map((one) => [
      `#${one.pullNumber}`,
      instant(one.openedAt),
      one.state,
      String(one.moves.length),
      one.decisionId,
    ]),
    total: view.total,
    one: 'proposal',
  };
}
