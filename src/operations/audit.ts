import { z } from 'zod';
import { AuditEvent } from '../proposal/audit.ts';
import { instant } from '../render/quantity.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import { defineOperation } from './define.ts';
import { LISTING_DOORS, Page, pageOf, paging, placeOf, renderListing } from './listing.ts';

const Audit = Page.extend({ events: z.array(AuditEvent) });

export const audit = defineOperation({
  name: 'audit',
  summary: 'List what was done here, by whom and why, newest first.',
  example: '/audit',
  permission: 'read',
  doors: LISTING_DOORS,
  input: z.strictObject(paging),
  output: Audit,
  async run(asked, { context, repositoryId }) {
    const { audit } = await knownRepository(context, repositoryId);
    return { ...placeOf(audit, asked), events: pageOf(audit, asked) };
  },
  render: ({ events, total }) =>
    renderListing({
      heads: ['At', 'By', 'What'],
      rows: events.map((one) => [instant(one.at), one.by ?? 'Offbeat', one.what]),
      total,
      one: 'event',
    }),
});
