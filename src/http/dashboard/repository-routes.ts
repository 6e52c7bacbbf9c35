import type { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { OffbeatError } from '../../errors.ts';
import type { AnyOperation } from '../../operations/operation.ts';
import type { Rights } from '../session/access.ts';
import type { Session } from '../session/sessions.ts';
import { createConfiguredModes } from './configured-modes.ts';
import { type People, type Readable, readableRepository } from './guard.ts';
import type { Live } from './live.ts';
import type { DashboardOptions } from './options.ts';
import { answerPage } from './pages/commands.ts';
import type { Place, Section } from './pages/layout.ts';
import type { Markup } from './pages/markup.ts';
import { repositoriesPage } from './pages/repositories.ts';
import { readForm } from './read-form.ts';
import { decisionMarkup, REPOSITORY_PAGES, type RepositoryPage } from './repository-pages.ts';
import type { PageContext, RequestVariables, Show } from './show.ts';
import { STALE_FORM } from './sign-in-routes.ts';
import { steer } from './steer.ts';
import { githubLinks } from './views/github-links.ts';
import { paged } from './views/paged.ts';
import { REPOSITORIES_A_PAGE, readableRepositories, repositoryLine } from './views/repositories.ts';

/** Commands whose whole effect the overview shows. */
const BACK_TO_OVERVIEW: ReadonlySet<string> = new Set(['suggest', 'observe', 'pause', 'resume']);

interface Routed extends DashboardOptions {
  readonly show: Show;
  readonly live: Live;
}

/** Routes for the pages of repositories, for their updates, and for the forms with commands. */
export function repositoryRoutes(app: Hono<RequestVariables>, options: Routed): void {
  const { context, people, show, live, webUrl } = options;
  const operations = options.operations.filter(
    // Operators use other doors, since GitHub does not know who they are.
    ({ doors, permission }) => doors.includes('dashboard') && permission !== 'operator',
  );
  const configuredMode = createConfiguredModes(context);

  app.get('/', async (c) => {
    const seen = await enter(c, people);
    if (seen === null) return show.front(c, c.req.query('to') ?? '/');
    return show.page(c, { title: 'Repositories', content: await repositories(c, seen) });
  });

  app.get('/repositories/:id/events', async (c) => {
    const seen = await enter(c, people);
    if (seen === null) return c.body(null, 401);
    const { state } = await readableRepository(context.store, seen.rights, c.req.param('id'));
    const repositoryId = state.profile.id;
    return streamSSE(c, async (stream) => {
      const cut = new AbortController();
      stream.onAbort(() => cut.abort());
      await live.watch({
        repositoryId,
        sessionId: seen.session.id,
        load: () => context.store.load(repositoryId),
        stillAllowed: async () =>
          (await seen.people.sessions.isLive(seen.session)) &&
          (await seen.people.access.rightsOf(seen.session))?.has(repositoryId) === true,
        say: (word) => stream.writeSSE({ event: word, data: '' }),
        cut: cut.signal,
      });
    });
  });

  app.get('/repositories/:id/decisions/:decision', (c) =>
    repositoryPage(c, 'decisions', 'Decision', (request) => decisionMarkup(request, c.req.param('decision'))),
  );

  for (const { section, title, show: content } of REPOSITORY_PAGES) {
    const path = `/repositories/:id${section === '' ? '' : `/${section}`}`;
    app.get(path, (c) => repositoryPage(c, section, title, content));
  }

  app.post('/repositories/:id/commands/:name', async (c) => {
    const seen = await enter(c, people);
    if (seen === null) return show.problem(c, 401, 'Your session has ended. Sign in, and repeat it.');
    const found = await readableRepository(context.store, seen.rights, c.req.param('id'));
    const fields = await readForm(c.req.raw);
    if (!seen.people.sessions.isFormToken(seen.session, fields.get('form')))
      return show.problem(c, 403, STALE_FORM);
    const { profile } = found.state;
    const document = await steer(context, options, {
      operation: operationOf(operations, c.req.param('name')),
      profile,
      actor: seen.session.person.login,
      gone: c.req.raw.signal,
      fields,
    });
    if (BACK_TO_OVERVIEW.has(c.req.param('name'))) return c.redirect(`/repositories/${profile.id}`, 303);
    return show.page(c, {
      title: c.req.param('name'),
      content: answerPage({ document, repositoryId: profile.id }),
      place: placeOf(found, 'commands'),
    });
  });

  async function repositoryPage(
    c: PageContext,
    section: Section,
    title: string,
    content: RepositoryPage['show'],
  ): Promise<Response> {
    const seen = await enter(c, people);
    if (seen === null) {
      const { pathname, search } = new URL(c.req.url);
      return c.redirect(`/?to=${encodeURIComponent(pathname + search)}`, 303);
    }
    const found = await readableRepository(context.store, seen.rights, c.req.param('id') ?? '');
    const shown = await content({
      ...found,
      context,
      links: githubLinks(webUrl, found.state.profile),
      query: (name) => c.req.query(name) || null,
      formToken: seen.people.sessions.formToken(seen.session),
      operations,
      configured: () => configuredMode(found.state),
    });
    return show.page(c, { title, content: shown, place: placeOf(found, section) });
  }

  async function repositories(c: PageContext, seen: Visitor): Promise<Markup> {
    const { rights } = seen;
    const all = readableRepositories(await context.store.profiles(), rights);
    const { shown, ...place } = paged(all, Number(c.req.query('page')) || 1, REPOSITORIES_A_PAGE);
    const states = await Promise.all(shown.map(({ id }) => context.store.load(id)));
    return repositoriesPage({
      lines: states.flatMap((state) =>
        state === undefined
          ? []
          : [repositoryLine(state, rights.get(state.profile.id) ?? 'none', context.clock.now())],
      ),
      ...place,
      all: all.length,
      webUrl,
    });
  }

  function placeOf({ state: { profile } }: Readable, section: Section): Place {
    return {
      id: profile.id,
      fullName: `${profile.owner}/${profile.name}`,
      section,
      url: githubLinks(webUrl, profile).repository,
    };
  }
}

/** A person who has signed in, with the repositories that they may read. */
interface Visitor {
  readonly people: People;
  readonly session: Session;
  readonly rights: Rights;
}

/** The person who is signed in; `null` for nobody. A session ends when its sign-in has ended at GitHub. */
async function enter(c: PageContext, people: People | null): Promise<Visitor | null> {
  const session = c.get('session');
  if (people === null || session === undefined) return null;
  const rights = await people.access.rightsOf(session);
  if (rights !== null) return { people, session, rights };
  c.set('session', undefined);
  c.header('set-cookie', people.sessions.clear());
  return null;
}

function operationOf(operations: readonly AnyOperation[], name: string): AnyOperation {
  const found = operations.find((operation) => operation.name === name);
  if (found === undefined) {
    throw new OffbeatError('not-found', 'There is no such command.', {
      fix: 'All there are stand under Commands.',
    });
  }
  return found;
}
