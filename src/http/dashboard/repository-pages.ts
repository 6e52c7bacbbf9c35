import { OffbeatError } from '../../errors.ts';
import type { AnyOperation } from '../../operations/operation.ts';
import { fileName } from '../../render/move-words.ts';
import { UNMEASURED } from '../../scorecard/own-work.ts';
import { LearningEvent } from '../../strategy/strategy.ts';
import type { ConfiguredMode } from '../../usecases/configured-mode.ts';
import type { Context } from '../../usecases/context.ts';
import { knownWorkflows, matchWorkflow } from '../../usecases/find-workflow.ts';
import type { RepositoryState } from '../../usecases/ports.ts';
import { reportView } from '../../usecases/questions/report-view.ts';
import { scorecardOfState } from '../../usecases/questions/scorecard.ts';
import { readWorkflowFiles } from '../../workflow/read-repository.ts';
import { mayWrite, type Readable } from './guard.ts';
import { commandsPage } from './pages/commands.ts';
import { dayPage } from './pages/day.ts';
import { decisionPage } from './pages/decision.ts';
import { decisionsPage } from './pages/decisions.ts';
import { forecastsPage } from './pages/forecasts.ts';
import { jobsPage } from './pages/jobs.ts';
import { latenessPage } from './pages/lateness.ts';
import type { Section } from './pages/layout.ts';
import { logPage } from './pages/log.ts';
import type { Markup } from './pages/markup.ts';
import { overviewPage } from './pages/overview.ts';
import { proposalsPage } from './pages/proposals.ts';
import { safetyPage } from './pages/safety.ts';
import { strategiesPage } from './pages/strategies.ts';
import { weekPage } from './pages/week.ts';
import { dayView } from './views/day.ts';
import { decisionDetail, decisionsView } from './views/decisions.ts';
import { forecastView } from './views/forecasts.ts';
import type { GitHubLinks } from './views/github-links.ts';
import { jobsView } from './views/jobs.ts';
import { latenessView } from './views/lateness.ts';
import { logView } from './views/log.ts';
import { proposalsView } from './views/proposals.ts';
import { safetyView } from './views/safety.ts';
import { strategiesView } from './views/strategies.ts';
import { weekView } from './views/week.ts';

/** A repository that the viewer may read, and what its pages are made from. */
export interface PageRequest extends Readable {
  readonly context: Context;
  readonly links: GitHubLinks;
  readonly query: (name: string) => string | null;
  readonly formToken: string;
  readonly operations: readonly AnyOperation[];
  readonly configured: () => Promise<ConfiguredMode>;
}

export interface RepositoryPage {
  readonly section: Section;
  readonly title: string;
  show(request: PageRequest): Promise<Markup> | Markup;
}

/** Every page of a repository, by its place in the menu. */
export const REPOSITORY_PAGES: readonly RepositoryPage[] = [
  { section: '', title: 'Overview', show: overview },
  {
    section: 'week',
    title: 'Load of the week',
    show: ({ state, context }) => weekPage(weekView(state, context.clock.now()), state.profile.id),
  },
  {
    section: 'day',
    title: 'A day of ticks and runs',
    show({ state, context, query, links }) {
      const wanted = query('workflow');
      // As people type it: a path, a file or a name. One that is not known counts as none.
      const workflow = wanted === null ? null : (matchWorkflow(knownWorkflows(state), wanted)?.path ?? null);
      const view = dayView(state, { date: query('date'), workflow, now: context.clock.now() });
      return dayPage(view, links, state.profile.id);
    },
  },
  {
    section: 'jobs',
    title: 'Jobs of the usual run',
    async show({ state, context, query }) {
      return jobsPage(jobsView(state, query('workflow'), await filesIfReadable(context, state)));
    },
  },
  {
    section: 'lateness',
    title: 'Lateness by hour',
    async show({ state, context, query, links }) {
      const pool = await context.store.loadLatenessPool();
      const wanted = { key: query('schedule'), now: context.clock.now() };
      return latenessPage(latenessView(state, pool, wanted), links);
    },
  },
  {
    section: 'forecasts',
    title: 'Forecast against actual',
    show: ({ state, query, links }) => forecastsPage(forecastView(state, query('stream')), links),
  },
  {
    section: 'strategies',
    title: 'Strategies',
    show: ({ state, query }) => strategiesPage(strategiesView(state, query('strategy')), state.profile.id),
  },
  {
    section: 'decisions',
    title: 'Decisions',
    show: ({ state, query }) => decisionsPage(decisionsView(state, pageOf(query)), state.profile.id),
  },
  {
    section: 'proposals',
    title: 'Proposals and verdicts',
    show: ({ state, links }) => proposalsPage(proposalsView(state), links, state.profile.id),
  },
  {
    section: 'safety',
    title: 'What can hold Offbeat back',
    async show({ state, context, configured, links }) {
      const { emergencyStop, clock } = context;
      const query = { emergencyStop, configured: await configured(), now: clock.now() };
      return safetyPage(safetyView(state, query), links);
    },
  },
  {
    section: 'log',
    title: 'Learning log',
    show({ state, query }) {
      const kind = LearningEvent.shape.kind.safeParse(query('kind')).data ?? null;
      return logPage(logView(state, { kind, page: pageOf(query) }), state.profile.id);
    },
  },
  {
    section: 'commands',
    title: 'Commands',
    show: ({ state, permission, operations, formToken }) =>
      commandsPage({
        repositoryId: state.profile.id,
        operations,
        formToken,
        mayWrite: mayWrite(permission),
        workflows: knownWorkflows(state).map(({ path }) => fileName(path)),
      }),
  },
];

/** One decision. Throws `not-found`. */
export function decisionMarkup({ state, links, query }: PageRequest, id: string): Markup {
  const detail = decisionDetail(state, id, pageOf(query));
  if (detail === null) {
    throw new OffbeatError('not-found', 'There is no such decision here.', {
      fix: 'All there are stand under Decisions.',
    });
  }
  return decisionPage(detail, links, state.profile.id);
}

async function overview(request: PageRequest): Promise<Markup> {
  const { context, state, permission, configured, formToken, operations, links } = request;
  const report = reportView(context, state, await configured());
  return overviewPage({
    repositoryId: state.profile.id,
    report,
    scorecard: scorecardOfState(state, context.clock.now(), (await context.deploymentWork?.()) ?? UNMEASURED),
    links,
    newestRunAt: state.runs.at(-1)?.createdAt ?? null,
    steering: {
      repositoryId: state.profile.id,
      formToken,
      mayWrite: mayWrite(permission),
      mode: report.mode.mode,
      summaries: new Map(operations.map(({ name, summary }) => [name, summary])),
    },
  });
}

function pageOf(query: PageRequest['query']): number {
  const page = Number(query('page') ?? 1);
  return Number.isSafeInteger(page) ? page : 1;
}

/** The workflow files as they are now; none where GitHub does not show them: the page is made without. */
async function filesIfReadable({ github, log }: Context, { profile }: RepositoryState) {
  try {
    const { reader } = await github.connect(profile);
    return readWorkflowFiles((await reader.workflowSources()).files);
  } catch (error) {
    const code = error instanceof OffbeatError ? error.code : 'unknown';
    log.warn({ repositoryId: profile.id, code }, 'workflow files could not be read for the jobs');
    return [];
  }
}
