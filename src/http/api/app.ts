import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { OffbeatError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { RepositoryProfile, Store } from '../../usecases/ports.ts';
import { incompleteSentence } from '../shared/incomplete.ts';
import { type Authenticate, type Caller, hasRole, reachable, reachesAll, Unauthenticated } from './caller.ts';
import type { Endpoint } from './endpoint.ts';
import { API_BASE, openApiDocument } from './openapi.ts';
import { pagePolicy, renderPage } from './page.ts';
import { PROBLEM_TYPE, problemOf, RequestRefused } from './problem.ts';
import { createRateLimiter, type RateLimit } from './rate-limit.ts';
import { readInput, readReason } from './read-request.ts';

/** Limit of one caller: ten requests a second for a minute, then five a second. */
export const CALLER_LIMIT: RateLimit = { burst: 300, perSecond: 5 };
/** Limit of callers without a valid token. A few tries are a mistake; more are an attack. */
export const STRANGER_LIMIT: RateLimit = { burst: 30, perSecond: 0.5 };

const REQUEST_ID = /^[\w.:-]{1,100}$/;

export interface ApiOptions {
  readonly endpoints: readonly Endpoint[];
  readonly authenticate: Authenticate;
  readonly store: Pick<Store, 'profiles'>;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The address that a request comes from, for the limit of callers without a token. */
  readonly addressOf?: (request: Request) => string;
  readonly callerLimit?: RateLimit;
  readonly strangerLimit?: RateLimit;
  /** Deliveries from before a crash that are still to be handled; none where it is left out. */
  readonly replaying?: () => number;
  /** Counts answers by endpoint and status. */
  readonly count?: (endpoint: string, status: number, seconds: number) => void;
}

/** The REST API as one fetch handler. Its description is for everybody; everything else needs a token. */
export function createApi(options: ApiOptions): Hono {
  const { endpoints, version } = options;
  // Made when somebody asks first: both take longer than all else that a start does for the API.
  let document: ReturnType<typeof openApiDocument> | undefined;
  let page: ReturnType<typeof renderPage> | undefined;
  const app = new Hono();
  app.get(`${API_BASE}/openapi.json`, (context) => {
    document ??= openApiDocument(endpoints, version);
    return context.json(document);
  });
  for (const path of [API_BASE, `${API_BASE}/problems`]) {
    app.get(path, (context) => {
      page ??= renderPage(endpoints, version);
      return context.html(page, 200, { 'content-security-policy': pagePolicy() });
    });
  }
  const callerOf = limitedCallers(options);
  const byPath = Map.groupBy(endpoints, ({ path }) => path);
  for (const [path, ofPath] of byPath) {
    app.all(`${API_BASE}${path.replace(/\{(\w+)\}/g, ':$1')}`, (context) => {
      const names = { owner: context.req.param('owner'), repo: context.req.param('repo') };
      return answer(options, callerOf, ofPath, context.req.raw, names);
    });
  }
  // A caller without a token gets the same answer for every address, whether it exists or not.
  app.all('*', (context) => answer(options, callerOf, [], context.req.raw, {}));
  return app;
}

/** Calls that concern all repositories have their reason in the body. */
const Reasoned = z.object({ why: z.string() });

interface Names {
  readonly owner?: string | undefined;
  readonly repo?: string | undefined;
}

async function answer(
  options: ApiOptions,
  callerOf: (request: Request) => Promise<Caller>,
  endpoints: readonly Endpoint[],
  request: Request,
  names: Names,
): Promise<Response> {
  const given = request.headers.get('x-request-id') ?? '';
  const requestId = REQUEST_ID.test(given) ? given : randomUUID();
  const started = performance.now();
  const endpoint = endpoints.find(({ method }) => method === request.method);
  const finish = (response: Response): Response => {
    options.count?.(endpoint?.id ?? '', response.status, (performance.now() - started) / 1_000);
    return response;
  };
  try {
    const caller = await callerOf(request);
    if (endpoint === undefined) throw noSuchEndpoint(endpoints);
    mustBeAllowed(caller, endpoint);
    const repository = await repositoryOf(options.store, caller, names);
    const input = await readInput(endpoint, request);
    const why = endpoint.mutates ? readReason(request) : null;
    if (endpoint.mutates) {
      const asked = { requestId, endpoint: endpoint.id, by: caller.subject };
      const said = why ?? Reasoned.safeParse(input).data?.why ?? null;
      const fields = { ...asked, repositoryId: repository?.id ?? null, why: said };
      options.log.info(fields, 'A change was asked for through the API');
    }
    const gone = request.signal;
    const { message, data } = await endpoint.handle({ caller, input, repository, why, requestId, gone });
    const replaying = options.replaying?.() ?? 0;
    const incomplete = replaying === 0 ? {} : { incomplete: incompleteSentence(replaying) };
    return finish(json(200, { success: true, message, data, ...incomplete }, requestId));
  } catch (error) {
    return finish(refusal(options, error, requestId));
  }
}

/** Finds the caller of a request, within the limits. Throws `Unauthenticated` and `too-many-requests`. */
function limitedCallers(options: ApiOptions): (request: Request) => Promise<Caller> {
  const { authenticate, addressOf, clock } = options;
  const callerWait = createRateLimiter(options.callerLimit ?? CALLER_LIMIT, clock);
  const strangerWait = createRateLimiter(options.strangerLimit ?? STRANGER_LIMIT, clock);
  return async (request) => {
    const address = addressOf?.(request) ?? '';
    try {
      const caller = await authenticate(request);
      if (caller === null) throw new Unauthenticated('Send a token: Authorization: Bearer …');
      refuseForSeconds(callerWait(caller.subject));
      return caller;
    } catch (error) {
      if (error instanceof Unauthenticated) refuseForSeconds(strangerWait(address));
      throw error;
    }
  };
}

/** Throws `too-many-requests` where a caller has to wait. */
function refuseForSeconds(seconds: number): void {
  if (seconds === 0) return;
  throw new RequestRefused('too-many-requests', `Try again in ${seconds} s.`, {
    'retry-after': String(seconds),
  });
}

/** Throws `forbidden` where the caller's role or repositories do not reach so far. */
function mustBeAllowed(caller: Caller, { role, wholeDeployment }: Endpoint): void {
  if (!hasRole(caller, role)) {
    throw new RequestRefused('forbidden', `This takes the role ${role}; the token has ${caller.role}.`);
  }
  if (wholeDeployment === true && !reachesAll(caller)) {
    throw new RequestRefused(
      'forbidden',
      'This concerns all repositories, and the token is for some: it takes one with the repositories "*".',
    );
  }
}

/** `endpoints` are those of the path that was asked for. */
function noSuchEndpoint(endpoints: readonly Endpoint[]): RequestRefused {
  const [first] = endpoints;
  if (first === undefined) return new RequestRefused('no-such-page', `${API_BASE} lists the endpoints.`);
  const allow = endpoints.map(({ method }) => method).join(', ');
  return new RequestRefused('method-not-allowed', `This path takes only ${allow}.`, { allow });
}

/** A repository outside the token's scope, or that the App was taken off, is answered like one that does not exist. */
async function repositoryOf(
  store: Pick<Store, 'profiles'>,
  caller: Caller,
  { owner, repo }: Names,
): Promise<RepositoryProfile | null> {
  if (owner === undefined || repo === undefined) return null;
  const found = reachable(caller, await store.profiles()).get(`${owner}/${repo}`.toLowerCase());
  if (found === undefined) {
    throw new OffbeatError('not-found', 'The token is for no such repository.', {
      fix: `${API_BASE}/repositories lists those it is for.`,
    });
  }
  return found;
}

function refusal({ log }: ApiOptions, error: unknown, requestId: string): Response {
  const problem = problemOf(error, requestId);
  if (problem.status >= 500)
    log.error({ requestId, code: problem.code, err: error }, 'A request could not be answered');
  return json(problem.status, problem, requestId, headersOf(error));
}

function headersOf(error: unknown): Readonly<Record<string, string>> {
  if (error instanceof RequestRefused) return error.headers;
  if (!(error instanceof OffbeatError) || error.retryAfterMs === undefined) return {};
  return { 'retry-after': String(Math.ceil(error.retryAfterMs / 1_000)) };
}

function json(
  status: number,
  body: object,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': status < 400 ? 'application/json' : PROBLEM_TYPE,
      'x-request-id': requestId,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
  });
}
