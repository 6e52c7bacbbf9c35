import { z } from 'zod';
import { AuditEvent } from '../proposal/audit.ts';
import { instant } from '../render/quantity.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import { defineOperation } from './define.ts';
import { LISTING_DOORS, type Listing, pageOf, paging, renderListing } from './listing.ts';

const Audit = z.object({
  page: z.number().int(),
  per_page: z.number().int(),
  total: z.number().int(),
  events: z.array(AuditEvent),
});

export const audit = defineOperation({
  name: 'audit',
  summary: 'List what was done here, by whom and why, newest first.',
  example: '/audit',
  permission: 'read',
  doors: LISTING_DOORS,
  positionals: [],
  input: z.strictObject(paging),
  output: Audit,
  async run(asked, { context, repositoryId }) {
    const state = await knownRepository(context, repositoryId);
    return {
      page: asked.page,
      per_page: asked.perPage,
      total: state.audit.length,
      events: pageOf(state.audit, asked),
    };
  },
  render: (view) => renderListing(auditListing(view)),
});

function auditListing(view: z.infer<typeof Audit>): Listing {
  return {
    heads: ['At', 'By', 'What'],
    rows: view.events.map((one) => [instant(one.at), one.by ?? 'Offbeat', one.what]),
    total: view.total,
    one: 'event',
  };
}
