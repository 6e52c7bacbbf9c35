import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OffbeatError } from '../../src/errors.ts';
import { createDispatcher } from '../../src/github/dispatcher.ts';
import { createGuard } from '../../src/github/guard.ts';
import { createInstallationTokens } from '../../src/github/installation-tokens.ts';
import { meaningOf } from '../../src/on-time/answer.ts';
import { holdAfter } from '../../src/on-time/hold.ts';
import { API, client, NAME } from './client.ts';

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

const PATH = '.github/workflows/nightly.yml';
const ASK = { path: PATH, ref: 'main', inputs: {}, withDetails: true };
const REPOSITORY = '/repos/acme/site';

describe('asking for a run', () => {
  it('sends the ref and what it was given, and reads the run from the answer', async () => {
    let body: unknown;
    nock(API)
      .post(`${REPOSITORY}/actions/workflows/nightly.yml/dispatches`, (sent) => {
        body = sent;
        return true;
      })
      .reply(200, { workflow_run_id: 7, run_url: 'https://a.test', html_url: 'https://a.test' });
    const answer = await createDispatcher(client(), NAME).dispatch({ ...ASK, inputs: { full: true } });
    expect(body).toEqual({ ref: 'main', inputs: { full: true }, return_run_details: true });
    expect(meaningOf(answer)).toEqual({ kind: 'started', runId: 7 });
  });

  it('leaves out what an older server does not know', async () => {
    let body: unknown;
    nock(API)
      .post(`${REPOSITORY}/actions/workflows/nightly.yml/dispatches`, (sent) => {
        body = sent;
        return true;
      })
      .reply(204);
    const answer = await createDispatcher(client(), NAME).dispatch({ ...ASK, withDetails: false });
    expect(body).toEqual({ ref: 'main' });
    expect(meaningOf(answer)).toEqual({ kind: 'started', runId: null });
  });

  it.each([
    [500, { message: 'Failed to run workflow dispatch' }, {}, { kind: 'not-known' }],
    [429, {}, { 'retry-after': '7' }, { kind: 'not-known' }],
    [403, {}, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' }, { kind: 'not-known' }],
    [400, { message: '"return_run_details" is not a permitted key.' }, {}, { kind: 'without-details' }],
    [404, { message: 'Not Found' }, {}, { kind: 'refused', why: 'not-found' }],
    [
      422,
      { message: "Workflow does not have 'workflow_dispatch' trigger" },
      {},
      { kind: 'refused', why: 'no-trigger' },
    ],
  ])('takes %i for what it is, and sends nothing again', async (status, body, headers, meaning) => {
    let requests = 0;
    nock(API)
      .post(`${REPOSITORY}/actions/workflows/nightly.yml/dispatches`)
      .times(3)
      .reply(() => {
        requests += 1;
        return [status, body, headers];
      });
    const octokit = client();
    createGuard({ now: () => 0, wait: async () => undefined }).protect(octokit.hook, 9);
    expect(meaningOf(await createDispatcher(octokit, NAME).dispatch(ASK))).toMatchObject(meaning);
    expect(requests).toBe(1);
  });

  it('knows a request that never left from one that met a limit', async () => {
    nock(API)
      .post(`${REPOSITORY}/actions/workflows/nightly.yml/dispatches`)
      .reply(429, {}, { 'retry-after': '7' });
    const octokit = client();
    createGuard({ now: () => 0, wait: async () => undefined }).protect(octokit.hook, 9);
    const dispatcher = createDispatcher(octokit, NAME);
    expect((await dispatcher.dispatch(ASK)).sent).toBe(true);
    expect(await dispatcher.dispatch(ASK)).toMatchObject({ sent: false, retryAfterMs: 7_000 });
  });

  it('names the permission that is missing where GitHub makes no token for it', async () => {
    nock(API)
      .post('/app/installations/9/access_tokens')
      .reply(422, { message: 'The permissions requested are not granted to this installation.' });
    const tokens = createInstallationTokens(async () => client());
    const octokit = client();
    octokit.hook.wrap('request', async (request, options) => {
      await tokens.get({ installationId: 9, repository: { id: 1 } }, 'dispatch');
      return request(options);
    });
    const meaning = meaningOf(await createDispatcher(octokit, NAME).dispatch(ASK));
    expect(meaning).toMatchObject({ kind: 'refused', why: 'permission' });
    if (meaning.kind !== 'refused') return;
    const { why, sentence } = holdAfter(meaning, null, { now: 0, hasTrigger: true });
    expect(why).toBe('refused');
    expect(sentence).toMatch(
      /^The permissions requested are not granted to this installation\..* Starting workflows takes `actions: write`\.$/,
    );
  });

  it('does not know what became of a request without an answer', async () => {
    nock(API).post(`${REPOSITORY}/actions/workflows/nightly.yml/dispatches`).replyWithError('socket hang up');
    expect(meaningOf(await createDispatcher(client(), NAME).dispatch(ASK)).kind).toBe('not-known');
    const octokit = client();
    octokit.hook.wrap('request', () => {
      throw new OffbeatError('github-unreachable', 'GitHub does not answer.');
    });
    expect(meaningOf(await createDispatcher(octokit, NAME).dispatch(ASK)).kind).toBe('not-sent');
    const failing = client();
    failing.hook.wrap('request', () => {
      const cause = Object.assign(new Error('Bad gateway'), { status: 502 });
      throw new OffbeatError('github-unreachable', 'GitHub does not answer.', {
        cause,
        retryAfterMs: 30_000,
      });
    });
    expect(meaningOf(await createDispatcher(failing, NAME).dispatch(ASK)).kind).toBe('not-known');
  });
});

describe('following runs', () => {
  it('lists runs of every event on all pages, with what they have come to', async () => {
    const run = (id: number, more: object) => ({
      id,
      workflow_id: 3,
      path: `${PATH}@main`,
      event: 'workflow_dispatch',
      status: 'queued',
      conclusion: null,
      head_sha: 'a',
      head_branch: 'main',
      actor: { login: 'offbeat[bot]' },
      created_at: '2026-11-02T03:00:01Z',
      updated_at: '2026-11-02T03:09:00Z',
      ...more,
    });
    const pages = [
      [run(1, {}), run(2, { status: 'in_progress', run_attempt: 2 }), { id: 3 }],
      [run(4, { event: 'schedule', status: 'completed', conclusion: 'success' })],
    ];
    nock(API)
      .get(`${REPOSITORY}/actions/runs`)
      .query((query) => query.created === '>=2026-11-02T02:58:00Z')
      .times(2)
      .reply((request: Request) => {
        const isSecond = request.url.includes('&page=2');
        const next =
          `<${API}${REPOSITORY}/actions/runs?created=%3E%3D2026-11-02T02:58:00Z&per_page=100&page=2>; ` +
          'rel="next"';
        return [
          200,
          { total_count: 4, workflow_runs: pages[isSecond ? 1 : 0] },
          isSecond ? {} : { link: next },
        ];
      });
    const runs = await createDispatcher(client(), NAME).startedRuns(Date.parse('2026-11-02T02:58:00Z'));
    expect(runs.map(({ id, path, state, attempt }) => [id, path, state, attempt])).toEqual([
      [1, PATH, 'waiting', 1],
      [2, PATH, 'running', 2],
      [4, PATH, 'ended', 1],
    ]);
  });

  /** Lists the newest 1,000 of so many runs under any filter, as GitHub does. Returns the requests. */
  function listing(runs: readonly { readonly id: number; readonly event: string; readonly at: number }[]) {
    const requests: string[] = [];
    nock(API)
      .get(`${REPOSITORY}/actions/runs`)
      .query(true)
      .times(100)
      .reply((request: Request) => {
        const { searchParams } = new URL(request.url);
        const [event, created = ''] = [searchParams.get('event'), searchParams.get('created') ?? ''];
        const page = Number(searchParams.get('page') ?? 1);
        const [from, to] = created.startsWith('>=') ? [created.slice(2), '2030'] : created.split('..');
        requests.push(`${event} ${created}`);
        const shown = runs
          .filter(({ at }) => at >= Date.parse(from ?? '') && at <= Date.parse(to ?? ''))
          .filter((run) => event === null || run.event === event)
          .toSorted((one, other) => other.at - one.at)
          .slice(0, 1_000);
        const workflowRuns = shown.slice((page - 1) * 100, page * 100).map(({ at, ...run }) => ({
          ...{
            ...run,
            workflow_id: 3,
            path: PATH,
            status: 'completed',
            conclusion: 'success',
            head_sha: 'a',
          },
          ...{ created_at: new Date(at).toISOString(), updated_at: new Date(at).toISOString() },
        }));
        searchParams.set('page', `${page + 1}`);
        const next = `<${API}${REPOSITORY}/actions/runs?${searchParams}>; rel="next"`;
        const headers = page * 100 < shown.length ? { link: next } : {};
        return [200, { total_count: runs.length, workflow_runs: workflowRuns }, headers];
      });
    return requests;
  }

  const SINCE = Date.parse('2026-11-02T03:00:00Z');
  const runsOf = (event: string, count: number) =>
    Array.from({ length: count }, (_, at) => ({ id: at + 1, event, at: SINCE + (at + 1) * 10_000 }));

  it('lists the run of the tick though GitHub leaves it out of the newest 1,000', async () => {
    const requests = listing([...runsOf('push', 1_300), { id: 5_000, event: 'schedule', at: SINCE }]);
    const runs = await createDispatcher(client(), NAME).startedRuns(SINCE);
    expect(runs.find(({ event }) => event === 'schedule')?.id).toBe(5_000);
    expect(requests).toHaveLength(12);
  });

  it('lists dispatches from where the list before has begun, each once', async () => {
    const requests = listing(runsOf('workflow_dispatch', 2_500));
    const runs = await createDispatcher(client(), NAME).startedRuns(SINCE);
    expect(runs).toHaveLength(2_500);
    expect(new Set(requests.slice(11)).size).toBe(3);
  });

  it('says that runs cannot be listed where there are too many, after a bounded number of requests', async () => {
    const requests = listing(runsOf('schedule', 4_000));
    const listed = createDispatcher(client(), NAME).startedRuns(SINCE);
    await expect(listed).rejects.toMatchObject({ code: 'github-refused' });
    expect(requests).toHaveLength(40);
  });

  it.each([
    [[{ steps: [{ status: 'queued' }] }, { steps: [] }], false],
    [[{ steps: [{ status: 'queued' }, { status: 'in_progress' }] }], true],
    [[{}], false],
  ])('sees in %j whether a step has begun', async (jobs, expected) => {
    nock(API).get(`${REPOSITORY}/actions/runs/7/jobs`).query(true).reply(200, { total_count: 1, jobs });
    expect(await createDispatcher(client(), NAME).hasBegun(7)).toBe(expected);
  });

  it.each([202, 409, 500])('takes %i for an answer to a cancelling', async (status) => {
    nock(API).post(`${REPOSITORY}/actions/runs/7/cancel`).reply(status, {});
    await expect(createDispatcher(client(), NAME).cancel(7)).resolves.toBeUndefined();
  });
});

describe('the hash of a file', () => {
  it.each([
    ['the git tree names it', [PATH], { code: 'github-not-yet', retryAfterMs: 5_000 }],
    ['the git tree does not name it', [], null],
  ])('is asked for at two endpoints where GitHub answers 404 and %s', async (_, paths, expected) => {
    nock(API)
      .get(`${REPOSITORY}/contents/${encodeURIComponent(PATH)}`)
      .reply(404, { message: 'Not Found' });
    nock(API)
      .get(`${REPOSITORY}/git/trees/HEAD`)
      .query({ recursive: '1' })
      .reply(200, { tree: paths.map((path) => ({ path, type: 'blob' })) });
    const hash = createDispatcher(client(), NAME).blobSha(PATH);
    if (expected === null) expect(await hash).toBeNull();
    else await expect(hash).rejects.toMatchObject(expected);
  });
});
