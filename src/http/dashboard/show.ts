import type { Context as HonoContext } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Clock } from '../../clock.ts';
import { asDatabaseError } from '../../database/failure.ts';
import { type ErrorCode, OffbeatError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Session } from '../session/sessions.ts';
import type { People } from './guard.ts';
import { frontPage, problemPage } from './pages/front.ts';
import { type AssetUrls, layout, type Page } from './pages/layout.ts';
import { FormRefused } from './read-form.ts';

/** Facts about a request that its handlers share. */
export interface RequestVariables {
  Variables: { session?: Session | undefined };
}

export type PageContext = HonoContext<RequestVariables>;

const STATUS: Partial<Record<ErrorCode, ContentfulStatusCode>> = {
  'not-found': 404,
  'permission-missing': 403,
  'github-refused': 502,
  'github-not-yet': 503,
  'command-invalid': 422,
  'usage-invalid': 422,
  'config-invalid': 409,
  'store-unreachable': 503,
  'store-full': 503,
  'store-failing': 503,
  'store-forbidden': 503,
  'store-locked': 503,
  'queue-closed': 503,
  'stop-unreadable': 503,
  'too-busy': 429,
  'planning-cancelled': 503,
};

const TITLES: Partial<Record<number, string>> = {
  400: 'That could not be read',
  401: 'Please sign in',
  403: 'That is not for you to do',
  404: 'There is no such thing here',
  409: 'The configuration has an error',
  413: 'That is too long',
  429: 'Too many requests',
  422: 'That could not be understood',
  502: 'GitHub did not answer as expected',
  503: 'Not available at the moment',
};

/** The repository that a page lies below. */
const REPOSITORY = /^\/repositories\/\d+(?=\/)/;

/** Lays pages out and answers with them, each in the frame of assets, viewer and sign-out. */
export function createShow(options: {
  readonly assets: AssetUrls;
  readonly people: People | null;
  readonly log: Log;
  readonly missing: readonly string[];
  readonly clock: Clock;
  readonly replaying: () => number;
}) {
  const { assets, people, log, missing, clock, replaying } = options;

  function page(
    c: PageContext,
    { title, content, place = null }: Pick<Page, 'title' | 'content'> & Partial<Pick<Page, 'place'>>,
    status: ContentfulStatusCode = 200,
  ): Response {
    const session = c.get('session');
    const viewer =
      people === null || session === undefined
        ? null
        : { login: session.person.login, formToken: people.sessions.formToken(session) };
    const frame = { title, content, viewer, place, now: clock.now(), replaying: replaying() };
    return c.html(layout(assets, frame), status);
  }

  function problem(c: PageContext, status: ContentfulStatusCode, text: string): Response {
    const title = TITLES[status] ?? 'Something went wrong';
    const repository = REPOSITORY.exec(c.req.path)?.[0];
    const back =
      repository === undefined
        ? { href: '/', text: 'To the repositories' }
        : { href: repository, text: 'Back to the repository' };
    return page(c, { title, content: problemPage(text, back) }, status);
  }

  return {
    page,
    problem,
    /** The page for people who have not signed in. */
    front: (c: PageContext, returnTo: string): Response =>
      page(c, { title: 'Offbeat', content: frontPage({ missing, returnTo }) }),
    /** The page for an error. An error without a sentence for people is logged, and shown as a fault of the server. */
    failure(c: PageContext, thrown: unknown): Response {
      const error = asDatabaseError(thrown);
      if (error instanceof FormRefused) return problem(c, error.status, error.message);
      if (error instanceof OffbeatError) {
        const status = STATUS[error.code] ?? 500;
        if (status >= 500) log.warn({ code: error.code }, 'A page could not be shown');
        return problem(c, status, error.publicSentence);
      }
      log.error({ err: error }, 'A page failed');
      const text =
        'Load the page again. If the fault stays, the operator of Offbeat finds the reason in its log.';
      return problem(c, 500, text);
    },
  };
}

export type Show = ReturnType<typeof createShow>;
