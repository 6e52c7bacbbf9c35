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
    const unsaid = await (await send('emergency-stop', tokens.admin)({ why: '' })).text();
    expect(unsaid).toContain('`why` has to be text of at least 3 characters.');
    expect(await stopped()).toBe(false);
    const response = await post('emergency-stop', tokens.admin);
    expect(await response.json()).toMatchObject({
      data: { emergencyStop: { by: 'mona', why: 'an incident' } },
    });
    expect(await stopped()).toBe(true);
    const health = await api.app.request('/api/v1/health', {
      headers: { authorization: `Bearer ${tokens.viewer}` },
    });
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({
      message: expect.stringMatching(/^Something is wrong\. The emergency stop is on: nothing is written/),
      data: {
        status: 'degraded',
        problems: [expect.stringContaining('POST /api/v1/admin/resume lifts it.')],
      },
    });
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
