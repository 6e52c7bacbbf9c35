import { z } from 'zod';
import { OffbeatError } from '../errors.ts';
import { Decision } from '../plan/decision.ts';
import { renderDecision } from '../render/decision.ts';
import { instant, percent } from '../render/quantity.ts';
import { currentDecisionNow } from '../usecases/configured-mode.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import { boundedText } from './bounded.ts';
import { defineOperation } from './define.ts';
import { LISTING_DOORS, Page, pageOf, paging, placeOf, renderListing } from './listing.ts';

const DecisionSummary = Decision.pick({
  id: true,
  at: true,
  trigger: true,
  strategy: true,
  confidence: true,
  benefit: true,
  gates: true,
}).extend({ moves: z.number().int().nonnegative(), schedules: z.number().int().nonnegative() });
const Decisions = Page.extend({ decisions: z.array(DecisionSummary) });

export const decisions = defineOperation({
  name: 'decisions',
  summary: 'List planning rounds, newest first.',
  example: '/decisions',
  permission: 'read',
  doors: LISTING_DOORS,
  input: z.strictObject(paging),
  output: Decisions,
  async run(asked, { context, repositoryId }) {
    const state = await knownRepository(context, repositoryId);
    const shown = pageOf(state.decisions, asked).map((one) => ({
      ...one,
      moves: one.schedules.filter(({ outcome }) => outcome === 'move').length,
      schedules: one.schedules.length,
    }));
    return { ...placeOf(state.decisions, asked), decisions: shown };
  },
  render: ({ decisions: shown, total }) =>
    renderListing({
      heads: ['Decision', 'At', 'Strategy', 'Moves', 'Gain', 'Confidence', 'Held by'],
      rows: shown.map((one) => [
        one.id,
        instant(one.at),
        one.strategy,
        `${one.moves} of ${one.schedules}`,
        percent(one.benefit),
        percent(one.confidence),
        one.gates
          .filter(({ passed }) => !passed)
          .map(({ gate }) => gate)
          .join(', '),
      ]),
      total,
      one: 'decision',
    }),
});

export const decision = defineOperation({
  name: 'decision',
  summary: 'Show one planning round in full; the newest where none is named.',
  example: '/decision d1',
  permission: 'read',
  doors: LISTING_DOORS,
  positionals: ['id'],
  input: z.strictObject({ id: boundedText(40).optional().describe('Its name, such as d12.') }),
  output: Decision,
  async run({ id }, { context, repositoryId }) {
    const state = await knownRepository(context, repositoryId);
    const found =
      id === undefined
        ? await currentDecisionNow(context, state)
        : state.decisions.findLast((one) => one.id === id);
    if (found === undefined) {
      throw new OffbeatError(
        'not-found',
        id === undefined ? 'Nothing has been decided here yet.' : `There is no decision "${id}" here.`,
        { fix: 'List them with decisions; optimize makes one.' },
      );
    }
    return found;
  },
  render: (found) => renderDecision({ decision: found, pullUrl: null }),
});
