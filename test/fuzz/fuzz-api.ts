import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { type RunningApp, withApp } from '../e2e/harness.ts';
import { DAILY_WORKFLOWS } from '../e2e/story.ts';
import { contractOf, Document, type Documented, documentedOperations } from '../http/api/harness.ts';
import { type FuzzCaller, fuzzCallers } from './api-callers.ts';
import { type FuzzRequest, requestsFor } from './api-requests.ts';

const RANKS: Readonly<Record<string, number>> = { viewer: 1, operator: 2, admin: 3 };
const DAYS_LIVED = 2;

/** By the App's clock: nobody reaches the limit of callers, as this looks for other things. */
const BETWEEN_REQUESTS_MS = 3_000;

/** So many requests are made up at once. */
const BATCH = 2_000;

/** Then all begins anew: a token of the emulated GitHub's is good for 5,000 requests an hour, as GitHub's is. */
const MOST_OF_A_WORLD = 8_000;

export interface FuzzReport {
  readonly requests: number;
  readonly endpoints: number;
  /** Answers by their status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Endpoints that were answered with 200 at least once. */
  readonly answered: ReadonlySet<string>;
  /** What broke a law, with the request; stops at the tenth. */
  readonly findings: readonly string[];
  readonly seconds: number;
}

/**
 * Sends requests made from the server's own OpenAPI document to the App as it runs in production, on files, as
 * everybody who may come. The laws: no 5xx, no 200 for whoever may not have it, no path of the machine in an answer,
 * and each answer as the document describes it. The same seed gives the same requests.
 */
export async function fuzzApi({
  requests,
  seed,
}: {
  readonly requests: number;
  readonly seed: number;
}): Promise<FuzzReport> {
  const statuses = new Map<number, number>();
  const answered = new Set<string>();
  const findings: string[] = [];
  let endpoints = 0;
  let sent = 0;
  let seconds = 0;
  const askOneWorld = async (app: RunningApp, end: number): Promise<void> => {
    await app.live(DAYS_LIVED);
    const document = Document.parse(await (await fetch(`${app.server.url}/api/v1/openapi.json`)).json());
    const operations = documentedOperations(document);
    endpoints = operations.length;
    const check = contractOf(document);
    const callers = await fuzzCallers(app);
    const secretPaths = [app.dataDirectory, tmpdir(), fileURLToPath(new URL('../..', import.meta.url))];
    const codes = new Map<string, object>();
    const started = performance.now();
    while (sent < end && findings.length < 10) {
      const batch = fc.sample(casesOf(operations, callers, [app.where.owner, app.where.repo]), {
        seed: seed + sent,
        numRuns: Math.min(BATCH, end - sent),
      });
      for (const { documented, caller, request, confirms } of batch) {
        if (findings.length >= 10) break;
        sent += 1;
        app.clock.set(app.clock.now() + BETWEEN_REQUESTS_MS);
        const code = codes.get(documented.path);
        // Else nothing that takes a one-time code would ever be done.
        const asked = confirms && code !== undefined ? { ...request, body: JSON.stringify(code) } : request;
        const { response, text } = await send(app.server.url, documented, caller, asked);
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        if (response.status === 200) answered.add(documented.operation.operationId);
        remember(codes, documented, asked, text);
        const broken = [
          ...brokenRights(documented, caller, asked, response.status),
          ...(response.status >= 500 ? [`a fault: ${response.status}`] : []),
          ...secretPaths.filter((path) => text.includes(path)).map(() => 'a path of the machine'),
          ...(await undocumented(check, documented, asked, response, text)),
        ];
        for (const law of broken) findings.push(describe(law, documented, caller, asked, text));
      }
    }
    seconds += (performance.now() - started) / 1_000;
  };
  while (sent < requests && findings.length < 10) {
    const end = Math.min(requests, sent + MOST_OF_A_WORLD);
    await withApp({ workflows: DAILY_WORKFLOWS }, (app) => askOneWorld(app, end));
  }
  return { requests: sent, endpoints, statuses, answered, findings, seconds };
}

function casesOf(
  operations: readonly Documented[],
  callers: readonly FuzzCaller[],
  known: readonly [owner: string, name: string],
) {
  return fc.constantFrom(...operations).chain((documented) =>
    fc.record({
      documented: fc.constant(documented),
      caller: fc.oneof(
        { weight: 1, arbitrary: fc.constantFrom(...callers.filter(({ rank }) => rank === 0)) },
        { weight: 4, arbitrary: fc.constantFrom(...callers.filter(({ rank }) => rank > 0)) },
      ),
      request: requestsFor(documented, known),
      confirms: fc.boolean(),
    }),
  );
}

async function send(url: string, { path }: Documented, caller: FuzzCaller, asked: FuzzRequest) {
  const [owner, repo] = asked.repository.map((part) => encodeURIComponent(part.toWellFormed()));
  const filled = path.replace('{owner}', owner ?? '').replace('{repo}', repo ?? '');
  const query = new URLSearchParams();
  for (const [name, value] of asked.query) query.append(name, value);
  const hasBody = asked.body !== null && asked.method !== 'GET';
  const response = await fetch(`${url}${filled}${query.size === 0 ? '' : `?${query}`}`, {
    method: asked.method,
    headers: { ...asked.headers, ...caller.headers },
    ...(hasBody ? { body: asked.body } : {}),
  });
  return { response: response.clone(), text: await response.text() };
}

/** Keeps the one-time code that an answer names, with what it is for. */
function remember(
  codes: Map<string, object>,
  { path }: Documented,
  { body }: FuzzRequest,
  text: string,
): void {
  const confirm = /\\"confirm\\": \\"(\w+)\\"/.exec(text)?.[1];
  if (confirm === undefined || body === null) return;
  codes.set(path, { ...JSON.parse(body), confirm });
}

/** A 200 for somebody who may not have it. */
function brokenRights(
  { path, operation }: Documented,
  { rank, reach }: FuzzCaller,
  { method, body }: FuzzRequest,
  status: number,
): readonly string[] {
  if (status !== 200) return [];
  const least = RANKS[operation['x-least-role']] ?? 3;
  const broken: string[] = [];
  if (rank < least) broken.push(`200 for rank ${rank}, where ${least} is the least`);
  if (operation['x-whole-deployment'] && reach !== 'all') broken.push('200 for a part of the deployment');
  if (path.includes('{owner}') && reach === 'other') broken.push('200 for another repository');
  if (method === 'OPTIONS' || method === 'PUT') broken.push(`200 for ${method} with ${body}`);
  return broken;
}

/** What is not as the document describes it. Paths and methods that it does not have are answered with a problem. */
async function undocumented(
  check: ReturnType<typeof contractOf>,
  documented: Documented,
  { method, repository }: FuzzRequest,
  response: Response,
  text: string,
): Promise<readonly string[]> {
  // A part of the path that is empty, or a dot, makes another path of it.
  const isOther = method !== documented.method || repository.some((part) => /^\.{0,2}$/.test(part));
  if (!isOther) return check(documented, response);
  if (response.ok || text === '') return [];
  const type = response.headers.get('content-type');
  return type === 'application/problem+json' ? [] : [`${response.status} as ${type}`];
}

function describe(
  law: string,
  { path }: Documented,
  { name }: FuzzCaller,
  { method, repository, query, body, headers }: FuzzRequest,
  text: string,
): string {
  const asked = JSON.stringify({ repository, query, body: body?.slice(0, 500), headers });
  return `${law}: ${name}, ${method} ${path}, ${asked} was answered with ${text.slice(0, 500)}`;
}
