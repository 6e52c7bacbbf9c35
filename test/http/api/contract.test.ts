import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../src/operations/table.ts';
import { SEEN } from '../../usecases/fakes.ts';
import {
  confirmed,
  contractOf,
  type Documented,
  documentedOperations,
  REPOSITORY,
  startApi,
  token,
} from './harness.ts';

let api: Awaited<ReturnType<typeof startApi>>;
let check: ReturnType<typeof contractOf>;
let tokens: Readonly<Record<Who, string | null>>;

const WHO = ['nobody', 'forger', 'elsewhere', 'viewer', 'operator', 'admin'] as const;
type Who = (typeof WHO)[number];
const RANK: Readonly<Record<string, number>> = { viewer: 1, operator: 2, admin: 3 };

beforeAll(async () => {
  api = await startApi();
  check = contractOf(api.document);
  tokens = {
    nobody: null,
    forger: await token({ role: 'admin', secret: 'not the secret of this server at all' }),
    elsewhere: await token({ role: 'admin', repositories: ['acme/other'] }),
    viewer: await token({ role: 'viewer' }),
    operator: await token({ role: 'operator' }),
    admin: await token({ role: 'admin' }),
  };
});

async function send(
  { path, method }: Documented,
  asked: {
    readonly who: Who;
    readonly query?: string;
    readonly body?: string | null;
    readonly repository?: string;
  },
) {
  const [owner = SEEN.owner, repo = SEEN.name] = asked.repository?.split('/') ?? [];
  const filled = path
    .replace('{owner}', encodeURIComponent(owner))
    .replace('{repo}', encodeURIComponent(repo));
  const bearer = tokens[asked.who];
  const body = method === 'GET' ? null : (asked.body ?? null);
  return api.app.request(`${filled}${asked.query ?? ''}`, {
    method,
    headers: {
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...(body === null ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === null ? {} : { body }),
  });
}

describe('the document', () => {
  it('has an address for every operation that is open to programs, and no other', () => {
    const ids = documentedOperations(api.document).map(({ operation }) => operation.operationId);
    const open = OPERATIONS.filter(({ doors }) => doors.includes('api')).map(({ name }) => name);
    expect(ids).toEqual(expect.arrayContaining(open));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is OpenAPI 3.1, and asks for a token everywhere', () => {
    expect(api.document.openapi).toMatch(/^3\.1\./);
    expect(api.document).toMatchObject({ security: [{ token: [] }] });
  });
});

describe('answers that the document foretells', () => {
  it('every question about a repository is answered as documented', async () => {
    for (const documented of documentedOperations(api.document).filter(({ method }) => method === 'GET')) {
      const needs = documented.operation.parameters.filter((one) => one.in === 'query' && one.required);
      const query = needs.map(({ name }) => `${name}=nightly.yml`).join('&');
      const response = await send(documented, { who: 'viewer', query: query === '' ? '' : `?${query}` });
      expect(await check(documented, response), documented.path).toEqual([]);
    }
  });

  it('a change is audited: who and why', async () => {
    const response = await api.app.request(`${REPOSITORY}/pause`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.operator}`, 'audit-reason': 'release week' },
    });
    expect(response.status).toBe(200);
    const [event] = api.store.states.get(SEEN.id)?.audit.slice(-1) ?? [];
    expect(event).toMatchObject({
      by: 'mona',
      kind: 'wish',
      what: expect.stringMatching(/pause.*release week/),
    });
    await api.app.request(`${REPOSITORY}/resume`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.operator}` },
    });
  });

  it('the emergency stop holds until it is lifted, and is an admin’s alone', async () => {
    const send = (path: string, bearer: string | null) => (body: object) =>
      api.app.request(`/api/v1/admin/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const post = (path: string, bearer: string | null) =>
      confirmed(send(path, bearer), { why: 'an incident' });
    const stopped = async () => {
      const response = await api.app.request('/api/v1/health', {
        headers: { authorization: `Bearer ${tokens.viewer}` },
      });
      return JSON.stringify(await response.json()).includes('"emergency_stop":true');
    };
    expect((await send('emergency-stop', tokens.operator)({ why: 'an incident' })).status).toBe(403);
    expect(await stopped()).toBe(false);
    const response = await post('emergency-stop', tokens.admin);
    expect(await response.json()).toMatchObject({
      data: { emergencyStop: { by: 'mona', why: 'an incident' } },
    });
    expect(await stopped()).toBe(true);
    await post('resume', tokens.admin);
    expect(await stopped()).toBe(false);
  });

  it.each<[string, string, RequestInit, number]>([
    ['an address that is not there', '/api/v1/nowhere', {}, 404],
    ['a method that is not there', `${REPOSITORY}/pause`, {}, 405],
    ['a parameter that is not there', `${REPOSITORY}/history?nonsense=1`, {}, 400],
    ['a number that is none', `${REPOSITORY}/history?page=one`, {}, 400],
    ['a parameter twice', `${REPOSITORY}/history?page=1&page=2`, {}, 400],
    ['a workflow that is not there', `${REPOSITORY}/predict?workflow=nowhere.yml`, {}, 404],
    [
      'a body that is not JSON',
      `${REPOSITORY}/record`,
      { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } },
      400,
    ],
    [
      'a form',
      `${REPOSITORY}/record`,
      { method: 'POST', body: 'a=b', headers: { 'content-type': 'text/plain' } },
      415,
    ],
    [
      'a body without end',
      `${REPOSITORY}/record`,
      { method: 'POST', body: ' '.repeat(1_100_000), headers: { 'content-type': 'application/json' } },
      413,
    ],
    [
      'a list for an object',
      `${REPOSITORY}/pause`,
      { method: 'POST', body: '[]', headers: { 'content-type': 'application/json' } },
      400,
    ],
  ])('%s is a problem', async (_, path, init, status) => {
    const headers = {
      ...Object.fromEntries(new Headers(init.headers)),
      authorization: `Bearer ${tokens.admin}`,
    };
    const response = await api.app.request(path, { ...init, headers });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const problem = await response.json();
    expect(problem).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
  });

  it('what nobody foresaw tells nothing of itself', async () => {
    const { app } = await startApi({
      store: { profiles: () => Promise.reject(new Error('password=hunter2')) },
    });
    const response = await app.request(`${REPOSITORY}/report`, {
      headers: { authorization: `Bearer ${tokens.viewer}` },
    });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('hunter2');
  });
});

/** Text that people, programs and attackers send. */
const junk = fc.oneof(
  fc.constantFrom(
    'nightly.yml',
    'backup',
    'd1',
    'default',
    '0',
    '-1',
    '1e9',
    '1',
    'true',
    '../..',
    '__proto__',
    '$(id)',
    '%00',
    '',
  ),
  fc.string({ maxLength: 20, unit: 'binary' }),
);

/** A value that fits a schema, mostly. */
function fitting(schema: Readonly<Record<string, unknown>>): fc.Arbitrary<unknown> {
  const { type, enum: choices, properties, items } = schema;
  if (Array.isArray(choices)) return fc.constantFrom(...choices);
  switch (type) {
    case 'integer':
      return fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer());
    case 'number':
      return fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ noNaN: true }));
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(fitting(isSchema(items) ? items : {}), { maxLength: 3 });
    case 'object':
      return isSchema(properties)
        ? fc.record(
            Object.fromEntries(
              Object.entries(properties).map(([name, value]) => [
                name,
                fitting(isSchema(value) ? value : {}),
              ]),
            ),
            { requiredKeys: [] },
          )
        : fc.dictionary(fc.string({ maxLength: 8 }), fc.double({ noNaN: true }), { maxKeys: 3 });
    case 'string':
      return fc.oneof(fc.constant('2026-05-03T02:10:00Z'), junk);
    default:
      return junk;
  }
}

function isSchema(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function request(documented: Documented) {
  const { parameters, requestBody } = documented.operation;
  const query = parameters.filter((one) => one.in === 'query');
  const body = requestBody?.content['application/json']?.schema ?? {};
  return fc.record({
    who: fc.constantFrom(...WHO),
    repository: fc.oneof(
      { weight: 5, arbitrary: fc.constant(`${SEEN.owner}/${SEEN.name}`) },
      { weight: 1, arbitrary: fc.constantFrom('acme/other', 'a/b', '../x', '%2e/%2e') },
    ),
    query: fc
      .record(
        Object.fromEntries(
          query.map(({ name, schema }) => [name, fc.oneof(fitting(schema), junk).map(String)]),
        ),
        { requiredKeys: [] },
      )
      .map((values) => {
        const parameters = new URLSearchParams();
        for (const [name, value] of Object.entries(values)) parameters.set(name, value ?? '');
        const text = parameters.toString();
        return text === '' ? '' : `?${text}`;
      }),
    body: fc.oneof(
      fitting(body).map((value) => JSON.stringify(value) ?? ''),
      fc.json({ maxDepth: 2 }),
      junk,
      fc.constant(null),
    ),
  });
}

describe('a fuzzer written from the document', () => {
  it('finds no fault, no undocumented answer, and nothing for whoever may not have it', async () => {
    const all = documentedOperations(api.document);
    expect(all.length).toBeGreaterThan(15);
    const answered = new Map<number, number>();
    for (const documented of all) {
      await fc.assert(
        fc.asyncProperty(request(documented), async (asked) => {
          const response = await send(documented, asked);
          const { status } = response;
          answered.set(status, (answered.get(status) ?? 0) + 1);
          expect(status).not.toBe(500);
          expect(await check(documented, response)).toEqual([]);
          if (asked.who === 'nobody' || asked.who === 'forger') expect(status).toBe(401);
          const isAbout = documented.path.includes('{owner}');
          if (isAbout && asked.who === 'elsewhere') expect(status).not.toBe(200);
          if (documented.operation['x-whole-deployment'] && asked.who === 'elsewhere')
            expect(status).not.toBe(200);
          const rank = asked.who === 'elsewhere' ? 3 : (RANK[asked.who] ?? 0);
          if (rank < (RANK[documented.operation['x-least-role']] ?? 0)) expect(status).not.toBe(200);
        }),
        { numRuns: 30 },
      );
    }
    // It has asked what can be answered, and not only what is refused at the door.
    for (const status of [200, 400, 401, 403, 404]) expect(answered.get(status)).toBeGreaterThan(10);
  }, 120_000);
});
