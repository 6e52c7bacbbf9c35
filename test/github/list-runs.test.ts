import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasScheduledRun, listRuns } from '../../src/github/list-runs.ts';
import { API, client, NAME } from './client.ts';

const DAY_MS = 86_400_000;
const FROM = Date.UTC(2026, 4, 1);

interface Asked {
  readonly created: string;
  readonly page: number;
}

let asked: Asked[];
beforeEach(() => {
  nock.disableNetConnect();
  asked = [];
});
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

interface Listed {
  readonly id: number;
  readonly created_at: string;
  readonly [field: string]: unknown;
}

function listed(id: number, createdAt: number, over: object = {}): Listed {
  const created_at = new Date(createdAt).toISOString();
  return {
    id,
    run_attempt: 1,
    workflow_id: 3,
    path: '.github/workflows/nightly.yml',
    event: 'schedule',
    status: 'completed',
    conclusion: 'success',
    head_sha: 'a'.repeat(40),
    head_branch: 'main',
    actor: { login: 'mona' },
    created_at,
    run_started_at: created_at,
    updated_at: new Date(createdAt + 90_000).toISOString(),
    ...over,
  };
}

/** GitHub with these runs: it filters by `created`, counts all, and lists a thousand at most. */
function github(runs: readonly Listed[]): void {
  let query: Readonly<Record<string, unknown>> = {};
  nock(API)
    .persist()
    .get('/repos/acme/site/actions/runs')
    .query((given) => {
      query = given;
      return given.status === 'completed';
    })
    .reply(() => {
      const page = Number(query.page);
      const perPage = Number(query.per_page);
      const created = String(query.created);
      asked.push({ created, page });
      const [from = '', to = ''] = created.split('..');
      const found = runs.filter(
        ({ created_at, event }) =>
          Date.parse(created_at) >= Date.parse(from) &&
          Date.parse(created_at) <= Date.parse(to) &&
          (query.event === undefined || event === query.event),
      );
      const workflow_runs = found.slice(0, 1_000).slice((page - 1) * perPage, page * perPage);
      return [200, { total_count: found.length, workflow_runs }];
    });
}

const list = (days: number, onProgress?: (runs: number) => void) =>
  listRuns(client(), NAME, { from: FROM, to: FROM + days * DAY_MS }, onProgress);

describe('listRuns', () => {
  it('pages through what fits, oldest first', async () => {
    const runs = Array.from({ length: 250 }, (_, position) => listed(position + 1, FROM + position * 60_000));
    github(runs.toReversed());
    const progress: number[] = [];
    const found = await list(10, (count) => progress.push(count));
    expect(found.map(({ id }) => id)).toEqual(runs.map(({ id }) => id));
    expect(asked.map(({ page }) => page)).toEqual([1, 2, 3]);
    expect(progress).toEqual([100, 200, 250]);
  });

  it('halves spans of more than a thousand until every run is there, once', async () => {
    const every = (10 * DAY_MS) / 3_500;
    const runs = Array.from({ length: 3_500 }, (_, position) =>
      listed(position + 1, Math.floor((FROM + position * every) / 1_000) * 1_000),
    );
    github(runs);
    const found = await list(10);
    expect(found).toHaveLength(3_500);
    expect(found.map(({ id }) => id)).toEqual(runs.map(({ id }) => id));
    expect(asked.filter(({ page }) => page === 1)).toHaveLength(7);
  });

  it('splits no further than to a day, and then takes what GitHub lists', async () => {
    github(Array.from({ length: 1_200 }, (_, position) => listed(position + 1, FROM + position * 1_000)));
    expect(await list(4)).toHaveLength(1_000);
  });

  it('lists the scheduled runs of a day that has more runs than GitHub lists', async () => {
    const pushed = Array.from({ length: 1_200 }, (_, at) => listed(1_000 + at, FROM + 1, { event: 'push' }));
    github([...pushed, ...Array.from({ length: 150 }, (_, at) => listed(1 + at, FROM))]);
    const found = await list(1);
    expect(found.filter(({ event }) => event === 'schedule')).toHaveLength(150);
    expect(asked).toHaveLength(12);
  });

  it('asks for whole seconds, without the end of the span', async () => {
    github([listed(1, FROM), listed(2, FROM + DAY_MS)]);
    expect((await list(1)).map(({ id }) => id)).toEqual([1]);
    expect(asked).toEqual([{ created: '2026-05-01T00:00:00Z..2026-05-01T23:59:59Z', page: 1 }]);
  });

  it('leaves out runs that lack what a workflow file’s run has', async () => {
    github([listed(1, FROM, { path: null }), listed(2, FROM, { workflow_id: null }), listed(3, FROM)]);
    expect((await list(1)).map(({ id }) => id)).toEqual([3]);
  });

  it.each([
    ['run_attempt', null],
    ['run_attempt', undefined],
    ['run_started_at', null],
    ['head_branch', undefined],
    ['actor', { login: null }],
  ])('reads a run whose %s is %j', async (field, value) => {
    github([listed(7, FROM, { [field]: value })]);
    expect(await list(1)).toMatchObject([{ id: 7, attempt: 1, startedAt: FROM, durationSeconds: 90 }]);
  });

  it('reads a run in the house’s own words', async () => {
    github([
      listed(7, FROM, {
        path: '.github/workflows/nightly.yml@refs/heads/main',
        conclusion: 'a word to come',
        actor: null,
        run_started_at: new Date(FROM + 30_000).toISOString(),
      }),
    ]);
    expect(await list(1)).toMatchObject([
      {
        id: 7,
        attempt: 1,
        path: '.github/workflows/nightly.yml',
        actor: null,
        conclusion: null,
        createdAt: FROM,
        startedAt: FROM + 30_000,
        endedAt: FROM + 90_000,
        durationSeconds: 60,
      },
    ]);
  });

  it('fails where GitHub fails', async () => {
    nock(API).get('/repos/acme/site/actions/runs').query(true).reply(403, { message: 'rate limit' });
    await expect(list(1)).rejects.toMatchObject({ status: 403 });
  });
});

it.each([
  [0, false],
  [1, true],
  [7, true],
])(
  'finds a scheduled run of a file in whatever state where GitHub counts %i',
  async (total_count, expected) => {
    nock(API)
      .get('/repos/acme/site/actions/workflows/nightly.yml/runs')
      .query({ event: 'schedule', created: '>=2026-05-01T00:00:00Z', per_page: 1 })
      .reply(200, { total_count, workflow_runs: [] });
    expect(await hasScheduledRun(client(), NAME, '.github/workflows/nightly.yml', FROM)).toBe(expected);
  },
);
