import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Clock } from '../clock.ts';
import { EmulatedActions } from './emulated-actions.ts';
import {
  type Answer,
  type Caller,
  type Exchange,
  forward,
  isSuccess,
  loginOf,
  type Role,
  refusal,
  type Upstream,
} from './exchange.ts';
import { Faults, type Meddling } from './faults.ts';
import { HookDeliveries } from './hook-deliveries.ts';
import { asJson, type Json, parseJson } from './json.ts';
import { type OAuthClient, OAuthPages } from './oauth-pages.ts';
import { answerOwn } from './own-routes.ts';
import { PullRequests } from './pull-requests.ts';
import { branchMoved, raiseWebhooks } from './raise-webhooks.ts';
import type { RunRegistry } from './run-registry.ts';
import { runPage, threadPage } from './thread-page.ts';
import { TimeStamps } from './time-stamps.ts';
import { type AskedToken, TokenRights } from './token-rights.ts';
import { wholeAnswer } from './whole-answers.ts';

/** One request that was answered; what tests assert about reads and writes. */
export interface RequestRecord {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly caller: Caller['kind'];
}

/** A successful request that changed something, complete enough to be made again. */
export interface WriteRecord extends Pick<Exchange, 'method' | 'path' | 'caller' | 'body'> {
  /** Epoch milliseconds by the demo's clock. */
  readonly at: number;
}

export interface ProxyOptions {
  /** The emulator's own address. */
  readonly emulatorUrl: string;
  readonly webhookSecret: string;
  readonly installationId: number;
  /** The installation on an account, by its name. */
  readonly installationIdOf: (owner: string) => number;
  readonly appSlug: string;
  readonly port: number;
  /** Person's login by token. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Of the administrator that the proxy asks as; the emulator takes 5,000 requests an hour of each. */
  readonly adminTokens: readonly string[];
  readonly roles: ReadonlyMap<string, Role>;
  /** Account that the App is installed on. */
  readonly owner: string;
  /** Names of its repositories. */
  readonly repositories: readonly string[];
  /** With which people sign in through the App. */
  readonly oauth: OAuthClient;
  /** Says when things are made and merged. */
  readonly clock: Clock;
  /** By which answers are dated; the system's where none is given. */
  readonly answersBy?: Clock | undefined;
  /** Whether the installation has `actions: write`. */
  readonly mayStartRuns: boolean;
  /** Workflow runs that the API lists from the start. */
  readonly runs: RunRegistry;
  /** Shown each request and what is answered. */
  readonly observe?: ((exchange: Exchange, answer: Answer) => void) | undefined;
}

export interface GithubProxy {
  readonly url: string;
  readonly hooks: HookDeliveries;
  readonly runs: RunRegistry;
  readonly actions: EmulatedActions;
  readonly faults: Faults;
  readonly requests: readonly RequestRecord[];
  readonly writes: readonly WriteRecord[];
  /** What the App's tokens were asked for. */
  readonly tokens: readonly AskedToken[];
  /** How many requests wait for their answers. */
  underWay(): number;
  stop(): Promise<void>;
}

/** What the jobs of workflows get as `github.token`, with `actions: write`. */
export const JOB_TOKEN = 'ghs_token_of_a_job';

const REQUESTS_OF_A_TOKEN = 4_000;

/** Response headers of the emulator that clients act on. */
const PASSED_HEADERS = ['link', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];

/** Starts the server that looks like api.github.com, in front of the emulator. */
export async function startGithubProxy(options: ProxyOptions): Promise<GithubProxy> {
  const { runs } = options;
  const hooks = new HookDeliveries(options.webhookSecret);
  const faults = new Faults();
  const requests: RequestRecord[] = [];
  const writes: WriteRecord[] = [];
  let ownUrl = '';
  const tokens = new Map(options.tokens);
  const signIn = new OAuthPages(options.emulatorUrl, options.oauth, tokens);
  const stamps = new TimeStamps(options.clock);
  const upstream = upstreamOf(options, stamps, () => ownUrl);
  const rights = new TokenRights(upstream);
  const pulls = new PullRequests(upstream, () => stamps.now());
  const sender = (exchange: Exchange) => senderOf(upstream, options.appSlug, exchange);
  const actions = new EmulatedActions({ ...options, upstream, hooks });
  const reactions = new Map<string, Json[]>();
  const context = { ...options, upstream, actions, hooks, pulls, sender, reactions };

  async function answer(exchange: Exchange): Promise<Answer> {
    const intercepted = faults.intercept(exchange) ?? (await rights.refuse(exchange));
    if (intercepted !== undefined) return intercepted;
    const branch = branchMoved(exchange);
    const [repositoryPath = ''] = /^\/repos\/[^/]+\/[^/]+/.exec(exchange.path) ?? [];
    const before = branch === undefined ? undefined : await pulls.tip(repositoryPath, branch);
    const found = (await answerOwn(context, exchange)) ?? (await forward(upstream, exchange));
    const shown = { ...found, body: wholeAnswer(found.body, ownUrl) };
    options.observe?.(exchange, shown);
    faults.learn(exchange, shown);
    rights.learn(exchange, shown);
    await raiseWebhooks(context, exchange, shown, before);
    if (exchange.method !== 'GET' && isSuccess(shown)) {
      const { method, path, caller, body } = exchange;
      writes.push({ at: options.clock.now(), method, path, caller, body });
    }
    return shown;
  }

  /** The answer to a request, which is not carried out where something else comes in its place. */
  async function answerUnlessInstead(exchange: Exchange, meddling: Meddling | undefined): Promise<Answer> {
    if (meddling?.kind === 'instead') return meddling.answer;
    if (meddling?.kind === 'lost' && !meddling.isCarriedOut) return refusal(503, 'It was never heard of.');
    try {
      return await answer(exchange);
    } catch (error) {
      return refusal(500, error instanceof Error ? error.message : String(error));
    }
  }

  /** A page for people at the addresses that GitHub's answers name; false where the path is none of those. */
  async function showPage(request: IncomingMessage, response: ServerResponse, body: string) {
    const signInPage = await signIn.answer(request, body);
    if (signInPage !== undefined) {
      response.writeHead(signInPage.status, signInPage.headers).end(signInPage.body);
      return true;
    }
    const { method, url = '/' } = request;
    const page =
      method === 'GET' ? (runPage(url, runs) ?? (await threadPage(url, upstream, pulls))) : undefined;
    if (page === undefined) return false;
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(page);
    return true;
  }

  // Tests set `Date`; what Node itself would send follows the machine.
  const answersBy = options.answersBy ?? { now: () => Date.now() };

  async function handle(request: IncomingMessage, response: ServerResponse, given: string): Promise<void> {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://localhost');
    const authorization = request.headers.authorization ?? '';
    const caller = callerOf(authorization, tokens, options.roles);
    const method = request.method ?? 'GET';
    let result = refusal(401, 'Bad credentials');
    let meddling: Meddling | undefined;
    if (caller !== undefined) {
      const exchange = { method, path, query, authorization, caller, body: asJson(parseJson(given)) };
      meddling = faults.meddling(exchange);
      result = await answerUnlessInstead(exchange, meddling);
    }
    requests.push({ method, path, status: result.status, caller: caller?.kind ?? 'person' });
    const date = new Date(answersBy.now()).toUTCString();
    if (meddling === undefined || meddling.kind === 'instead') send(response, request, result, date);
    else if (meddling.kind === 'garbled')
      response
        .writeHead(meddling.status ?? 200, { date, 'content-type': meddling.contentType })
        .end(meddling.text);
    else if (meddling.how === 'half-closed') cut(response, date);
    else if (meddling.how === 'reset') response.destroy();
  }

  let underWay = 0;
  const server = createServer((request, response) => {
    underWay += 1;
    response.once('close', () => {
      underWay -= 1;
    });
    void text(request).then(async (body) => {
      if (!(await showPage(request, response, body))) await handle(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port, '127.0.0.1', resolve));
  ownUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: ownUrl,
    hooks,
    runs,
    actions,
    faults,
    requests,
    writes,
    get tokens() {
      return rights.asked;
    },
    underWay: () => underWay,
    async stop() {
      await hooks.settled();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Announces more than it sends, and ends its side of the line. */
function cut(response: ServerResponse, date: string): void {
  response.writeHead(200, {
    date,
    'content-type': 'application/json; charset=utf-8',
    'content-length': '1000',
  });
  response.write('{"id":', () => response.socket?.end());
}

function send(response: ServerResponse, request: IncomingMessage, answer: Answer, date: string): void {
  const body = answer.body === undefined ? '' : JSON.stringify(answer.body);
  const etag = `"${createHash('sha256').update(body).digest('hex')}"`;
  const headers = { date, 'x-github-media-type': 'github.v3; format=json', ...answer.headers };
  if (request.method === 'GET' && answer.status === 200 && request.headers['if-none-match'] === etag) {
    response.writeHead(304, { ...headers, etag }).end();
    return;
  }
  const typed = body === '' ? headers : { ...headers, 'content-type': 'application/json; charset=utf-8' };
  response.writeHead(answer.status, request.method === 'GET' ? { ...typed, etag } : typed).end(body);
}

function callerOf(
  authorization: string,
  tokens: ReadonlyMap<string, string>,
  roles: ProxyOptions['roles'],
): Caller | undefined {
  const token = authorization.replace(/^(bearer|token)\s+/i, '');
  if (token.startsWith('eyJ')) return { kind: 'app' };
  if (token === JOB_TOKEN) return { kind: 'job' };
  if (token.startsWith('ghs_')) return { kind: 'installation' };
  const login = tokens.get(token);
  return login === undefined ? undefined : { kind: 'person', login, role: roles.get(login) ?? 'none' };
}

/** Asks the emulator, dates commits by the demo's clock, and puts the proxy's address for the emulator's. */
function upstreamOf(options: ProxyOptions, stamps: TimeStamps, ownUrl: () => string): Upstream {
  let asked = 0;
  const adminToken = (): string => {
    asked += 1;
    const { adminTokens } = options;
    return adminTokens[Math.floor(asked / REQUESTS_OF_A_TOKEN) % adminTokens.length] ?? '';
  };
  return async (method, path, { body, authorization } = {}) => {
    const response = await fetch(`${options.emulatorUrl}${path}`, {
      method,
      headers: {
        authorization: authorization ?? `token ${adminToken()}`,
        accept: 'application/vnd.github+json',
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(stamps.dated(method, path, body)) }),
    });
    const found = (await response.text()).replaceAll(options.emulatorUrl, ownUrl());
    const headers: Record<string, string> = {};
    for (const name of PASSED_HEADERS) {
      const value = response.headers.get(name);
      if (value !== null) headers[name] = value.replaceAll(options.emulatorUrl, ownUrl());
    }
    const answer = found === '' ? undefined : (parseJson(found) ?? found);
    if (response.ok) stamps.learn(method, path, answer);
    return { status: response.status, body: stamps.show(answer), headers };
  };
}

async function senderOf(upstream: Upstream, appSlug: string, exchange: Exchange): Promise<Json> {
  const login = loginOf(exchange, appSlug);
  const user = await upstream('GET', `/users/${encodeURIComponent(login)}`);
  return isSuccess(user) ? asJson(user.body) : { login, id: 0, type: 'Bot' };
}
