import { z } from 'zod';
import { OffbeatError } from '../errors.ts';
import { Decision } from '../plan/decision.ts';
import { AuditEvent } from '../proposal/audit.ts';
import { currentDecision } from '../proposal/current-decision.ts';
import { Proposal, ProposalState } from '../proposal/proposal.ts';
import { renderDecision } from '../render/decision.ts';
import { type Document, table } from '../render/document.ts';
import { code, name } from '../render/inline.ts';
import { count, instant, percent } from '../render/quantity.ts';
import { leadingStrategy } from '../strategy/choose.ts';
import { Strategy } from '../strategy/strategy.ts';
import { performance } from '../strategy/track-record.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import { defineOperation } from './define.ts';
import type { AnyOperation, Door } from './operation.ts';

/** Lists for programs and operators. In a comment, `/report` shows the same in fewer words. */
const NOT_IN_COMMENTS: readonly Door[] = ['cli', 'api'];

const PER_PAGE = 30;
const MOST_PER_PAGE = 100;
const LAST_PAGE = 1_000_000;

const paging = {
  page: z
    .number()
    .int()
    .min(1)
    .max(LAST_PAGE)
    .default(1)
    .describe('Which page, counted from 1, newest first.'),
  perPage: z
    .number()
    .int()
    .min(1)
    .max(MOST_PER_PAGE)
    .default(PER_PAGE)
    .describe('Entries on a page, at most 100.'),
};

interface Paging {
  readonly page: number;
  readonly perPage: number;
}

/** One page of a list, newest entry first; the list itself has its newest entry last. */
function pageOf<T>(list: readonly T[], { page, perPage }: Paging): T[] {
  const end = list.length - (page - 1) * perPage;
  return end <= 0 ? [] : list.slice(Math.max(0, end - perPage), end).reverse();
}

interface Listing {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly total: number;
  readonly one: string;
}

/** Most code points of a cell in a terminal. */
const CELL_WIDTH = 80;

function renderListing({ head, rows, total, one }: Listing): Document {
  const all = `${count(total, one)} in all`;
  if (rows.length === 0) return [`${all}${total === 0 ? '' : ', none on this page'}.`];
  return [
    table(
      head.map((text) => ({ head: text, max: CELL_WIDTH })),
      rows.map(([first = '', ...others]) => [code(first), ...others.map(name)]),
    ),
    `${all}.`,
  ];
}

const Strategies = z.object({ active: z.string(), strategies: z.array(Strategy) });

const strategies = defineOperation({
  name: 'strategies',
  summary: 'List the strategies with their genes and track records.',
  example: '/strategies',
  permission: 'read',
  doors: NOT_IN_COMMENTS,
  positionals: [],
  input: z.strictObject({}),
  output: Strategies,
  async run(_input, { context, repositoryId }) {
    const { population } = await knownRepository(context, repositoryId);
    return { active: leadingStrategy(population).name, strategies: [...population.strategies] };
  },
  render: (view) => renderListing(strategyListing(view)),
});

function strategyListing({ active, strategies: all }: z.infer<typeof Strategies>): Listing {
  return {
    head: ['Strategy', 'Generation', 'Performance', 'Forecasts', 'Trend', 'In use'],
    rows: all.map((one) => [
      one.name,
      String(one.generation),
      percent(performance(one.performance_history)),
      String(one.performance_history.total),
      one.trend,
      one.name === active ? 'yes' : '',
    ]),
    total: all.length,
    one: 'strategy',
  };
}

const DecisionSummary = Decision.pick({
  id: true,
  at: true,
  trigger: true,
  strategy: true,
  confidence: true,
  benefit: true,
  gates: true,
}).extend({ moves: z.number().int().nonnegative(), schedules: z.number().int().nonnegative() });
const Decisions = z.object({
  page: z.number().int(),
  per_page: z.number().int(),
  total: z.number().int(),
  decisions: z.array(DecisionSummary),
});

const decisions = defineOperation({
  name: 'decisions',
  summary: 'List planning rounds, newest first.',
  example: '/decisions',
  permission: 'read',
  doors: NOT_IN_COMMENTS,
  positionals: [],
  input: z.strictObject(paging),
  output: Decisions,
  async run(asked, { context, repositoryId }) {
    const state = await knownRepository(context, repositoryId);
    return {
      page: asked.page,
      per_page: asked.perPage,
      total: state.decisions.length,
      decisions: pageOf(state.decisions, asked).map((decision) => ({
        id: decision.id,
        at: decision.at,
        trigger: decision.trigger,
        strategy: decision.strategy,
        confidence: decision.confidence,
        benefit: decision.benefit,
        gates: decision.gates,
        moves: decision.schedules.filter(({ outcome }) => outcome === 'move').length,
        schedules: decision.schedules.length,
      })),
    };
  },
  render: (view) => renderListing(decisionListing(view)),
});

function decisionListing(view: z.infer<typeof Decisions>): Listing {
  return {
    head: ['Decision', 'At', 'Strategy', 'Moves', 'Gain', 'Confidence', 'Held by'],
    rows: view.decisions.map((one) => [
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
    total: view.total,
    one: 'decision',
  };
}

const decision = defineOperation({
  name: 'decision',
  summary: 'Show one planning round in full; the newest where none is named.',
  example: '/decision d1',
  permission: 'read',
  doors: NOT_IN_COMMENTS,
  positionals: ['id'],
  input: z.strictObject({ id: z.string().min(1).max(40).optional().describe('Its name, such as d12.') }),
  output: Decision,
  async run({ id }, { context, repositoryId }) {
    const state = await knownRepository(context, repositoryId);
    const found =
      id === undefined ? currentDecision(state) : state.decisions.findLast((one) => one.id === id);
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

const Proposals = z.object({
  page: z.number().int(),
  per_page: z.number().int(),
  total: z.number().int(),
  proposals: z.array(Proposal),
});

const proposals = defineOperation({
  name: 'proposals',
  summary: 'List the pull requests that were opened, newest first.',
  example: '/proposals --state open',
  permission: 'read',
  doors: NOT_IN_COMMENTS,
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
    head: ['Pull request', 'Opened', 'State', 'Schedules', 'Decision'],
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

const Audit = z.object({
  page: z.number().int(),
  per_page: z.number().int(),
  total: z.number().int(),
  events: z.array(AuditEvent),
});

const audit = defineOperation({
  name: 'audit',
  summary: 'List what was done here, by whom and why, newest first.',
  example: '/audit',
  permission: 'read',
  doors: NOT_IN_COMMENTS,
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
    head: ['At', 'By', 'What'],
    rows: view.events.map((one) => [instant(one.at), one.by ?? 'Offbeat', one.what]),
    total: view.total,
    one: 'event',
  };
}

/** Lists of what the store keeps of a repository. */
export const RECORDS: readonly AnyOperation[] = [strategies, decisions, decision, proposals, audit];
