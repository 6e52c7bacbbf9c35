import { z } from 'zod';
import { Proposal, ProposalState } from '../proposal/proposal.ts';
import { instant } from '../render/quantity.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import { defineOperation } from './define.ts';
import { LISTING_DOORS, Page, pageOf, paging, placeOf, renderListing } from './listing.ts';

const Proposals = Page.extend({ proposals: z.array(Proposal) });

export const proposals = defineOperation({
  name: 'proposals',
  summary: 'List the pull requests that were opened, newest first.',
  example: '/proposals --state open',
  permission: 'read',
  doors: LISTING_DOORS,
  input: z.strictObject({
    state: ProposalState.optional().describe('Only those that stand there.'),
    ...paging,
  }),
  output: Proposals,
  async run(asked, { context, repositoryId }) {
    const state = await knownRepository(context, repositoryId);
    const all = state.proposals.filter((one) => asked.state === undefined || one.state === asked.state);
    return { ...placeOf(all, asked), proposals: pageOf(all, asked) };
  },
  render: ({ proposals: shown, total }) =>
    renderListing({
      heads: ['Pull request', 'Opened', 'State', 'Schedules', 'Decision'],
      rows: shown.map((one) => [
        `#${one.pullNumber}`,
        instant(one.openedAt),
        one.state,
        String(one.moves.length),
        one.decisionId,
      ]),
      total,
      one: 'proposal',
    }),
});
