import { randomUUID } from 'node:crypto';
import { getRequestListener } from '@hono/node-server';
import { systemClock } from '../clock.ts';
import type { Env } from '../env.ts';
import type { Authenticate } from '../http/api/caller.ts';
import type { Changes } from '../http/dashboard/changes.ts';
import { createDashboard } from '../http/dashboard/dashboard.ts';
import type { OneTimeSignIn, People } from '../http/dashboard/guard.ts';
import { createAccess } from '../http/session/access.ts';
import { createSessions, type Person } from '../http/session/sessions.ts';
import { createSignIn } from '../http/session/sign-in.ts';
import { githubWebUrl } from '../http/setup/app-manifest.ts';
import type { CostlyQuestions } from '../http/shared/costly-questions.ts';
import type { Route } from '../http/webhook/front-door.ts';
import type { KeyedMutex } from '../keyed-mutex.ts';
import { OPERATIONS } from '../operations/table.ts';
import type { Context } from '../usecases/context.ts';
import type { ExpiringKeys } from '../usecases/ports.ts';

/** A person whom a one-time link signs in, with their token from GitHub. */
export interface LinkedPerson extends Person {
  readonly token: string;
}

export interface PagesOptions {
  readonly env: Env;
  /** The address of this process, used where no public URL is set. */
  readonly ownUrl: () => string;
  readonly context: Context;
  readonly changes: Changes;
  readonly lockRepository: KeyedMutex;
  readonly costly: CostlyQuestions;
  /** Deliveries from before a crash that are still to be handled. */
  readonly replaying: () => number;
  /** Sessions that were ended. */
  readonly ended: ExpiringKeys;
  readonly linked?: LinkedPerson | undefined;
}

export interface Pages {
  readonly routes: readonly Route[];
  /** Authenticates people who have signed in, for API requests that only read: other sites cannot forge these. */
  readonly signedIn: Authenticate;
  /** Path that signs the linked person in, once; `null` where there is none. */
  readonly linkedPath: string | null;
  close(): void;
}

/** The pages for people as routes of the front door: everything that no other route has taken. */
export function createPages(options: PagesOptions): Pages {
  const { env, context, ownUrl, linked } = options;
  const publicUrl = (): string => env.pages?.publicUrl ?? ownUrl();
  const oneTime = linked === undefined ? undefined : oneTimeFor(linked);
  const make = () => {
    const people = peopleFor(env, publicUrl(), options.ended);
    const dashboard = createDashboard({
      context,
      operations: OPERATIONS,
      people,
      missing: missingVariables(env),
      webUrl: githubWebUrl(env.githubApiUrl),
      publicUrl: publicUrl(),
      changes: options.changes,
      replaying: options.replaying,
      costly: options.costly,
      lockRepository: options.lockRepository,
      log: context.log,
      ...(oneTime === undefined ? {} : { oneTime }),
    });
    return { people, dashboard };
  };
  let made: ReturnType<typeof make> | undefined;
  /** Made for the first request: the address of the process is known by then. */
  const pages = (): ReturnType<typeof make> => {
    made ??= make();
    return made;
  };
  const listener = getRequestListener(async (request) => (await pages().dashboard).fetch(request), {
    overrideGlobalObjects: false,
  });
  return {
    routes: [{ method: '*', path: '/*', handle: (request, response) => listener(request, response) }],
    signedIn: (request) => apiCaller(pages().people, request),
    linkedPath: oneTime?.path ?? null,
    close() {
      void made?.dashboard.then((dashboard) => dashboard.close());
    },
  };
}

/** Variables of the environment that sign-in needs and that are not set. */
function missingVariables({ pages }: Env): readonly string[] {
  return [
    ...(pages?.clientId == null ? ['GITHUB_CLIENT_ID'] : []),
    ...(pages?.clientSecret == null ? ['GITHUB_CLIENT_SECRET'] : []),
  ];
}

/** Sign-in and access; `null` where variables that they need are not set. */
function peopleFor({ pages, githubApiUrl }: Env, publicUrl: string, ended: ExpiringKeys): People | null {
  const clientId = pages?.clientId ?? null;
  const clientSecret = pages?.clientSecret ?? null;
  if (clientId === null || clientSecret === null) return null;
  return {
    sessions: createSessions({
      secret: clientSecret,
      secure: publicUrl.startsWith('https:'),
      clock: systemClock,
      ended,
    }),
    access: createAccess({ apiUrl: githubApiUrl, clock: systemClock }),
    signIn: createSignIn({
      clientId,
      clientSecret,
      webUrl: githubWebUrl(githubApiUrl),
      apiUrl: githubApiUrl,
      publicUrl,
      clock: systemClock,
    }),
  };
}

function oneTimeFor({ token, ...person }: LinkedPerson): OneTimeSignIn {
  return { path: `/sign-in/once/${randomUUID()}`, person, token, returnTo: '/' };
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** The person of a request that only reads, as a caller of the API; `null` where nobody has signed in. */
async function apiCaller(people: People | null, request: Request): ReturnType<Authenticate> {
  if (people === null || !SAFE_METHODS.has(request.method)) return null;
  const session = await people.sessions.read(request.headers.get('cookie'));
  if (session === null) return null;
  const rights = await people.access.rightsOf(session);
  if (rights === null) return null;
  const readable = [...rights].filter(([, permission]) => permission !== 'none');
  return {
    subject: `github:${session.person.login}`,
    role: 'viewer',
    repositories: new Set(readable.map(([id]) => id)),
  };
}
