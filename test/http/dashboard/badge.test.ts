import { describe, expect, it } from 'vitest';
import { createChanges } from '../../../src/http/dashboard/changes.ts';
import { createDashboard } from '../../../src/http/dashboard/dashboard.ts';
import { emptyOnTime } from '../../../src/on-time/state.ts';
import type { RepositoryProfile, RepositoryState } from '../../../src/usecases/ports.ts';
import { onTimeFile, servedTick } from '../../store/sample.ts';
import { fakeContext, NOW } from '../../usecases/fakes.ts';
import { emptyState } from './states.ts';

const MINUTE_MS = 60_000;

/** A tick of today that Offbeat has served. */
function done(tick: number, lateMs: number) {
  const run = { firstAt: tick, runId: tick / MINUTE_MS, createdAt: tick + lateMs, attempt: 1 };
  return { ...servedTick(0), tick, progress: { state: 'done', ...run, endedAt: tick + MINUTE_MS } } as const;
}

function onTimeState(profile: Partial<RepositoryProfile> = {}): RepositoryState {
  const state = emptyState();
  return {
    ...state,
    profile: { ...state.profile, ...profile },
    onTime: { ...emptyOnTime(), files: [onTimeFile()] },
    ticks: [0, 1, 2, 3].map((hour) =>
      done(NOW - (hour + 1) * 60 * MINUTE_MS, hour === 0 ? 9 * MINUTE_MS : 5_000),
    ),
  };
}

async function site(states: readonly RepositoryState[]) {
  const { context, store, log, clock } = fakeContext();
  for (const state of states) store.states.set(state.profile.id, state);
  const app = await createDashboard({
    context,
    operations: [],
    people: null,
    missing: [],
    webUrl: 'https://github.com',
    publicUrl: 'http://localhost',
    changes: createChanges(),
    lockRepository: (_, work) => work(),
    log,
  });
  const get = async (path: string) => app.fetch(new Request(`http://localhost${path}`));
  return { get, store, clock };
}

describe('the badge of a public repository', () => {
  it('is a picture with the share of ticks on time, for other sites, kept for minutes', async () => {
    const { get } = await site([onTimeState()]);
    const answer = await get('/badge/Acme/Site.svg');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const svg = await answer.text();
    expect(svg).toContain('<title>on time, 30 days: 75\u00a0%</title>');
    expect(svg).toContain('role="img"');
    expect(svg).not.toMatch(/NaN|undefined|<script/);
  });

  it('says that no tick has come yet', async () => {
    const { get } = await site([{ ...onTimeState(), ticks: [] }]);
    expect(await (await get('/badge/acme/site.svg')).text()).toContain('no tick yet');
  });

  it('is made once in five minutes, whoever asks', async () => {
    const { get, store } = await site([onTimeState()]);
    const before = await (await get('/badge/acme/site.svg')).text();
    store.states.set(1, { ...onTimeState(), ticks: [] });
    expect(await (await get('/badge/acme/site.svg')).text()).toBe(before);
  });
});

describe('a badge that is not there', () => {
  it('is the same answer for private, removed, unknown repositories, and for those with nothing on time', async () => {
    const { get } = await site([
      onTimeState({ id: 2, name: 'private', private: true }),
      onTimeState({ id: 3, name: 'removed', removedAt: NOW }),
      { ...onTimeState({ id: 4, name: 'off' }), onTime: null },
    ]);
    const shown = async (path: string) => {
      const answer = await get(path);
      return { status: answer.status, headers: [...answer.headers], body: await answer.text() };
    };
    const unknown = await shown('/badge/acme/unknown.svg');
    expect(unknown.status).toBe(404);
    expect(unknown.body).not.toContain('acme');
    for (const name of ['private', 'removed', 'off', '..%2fprivate', '%00']) {
      expect(await shown(`/badge/acme/${name}.svg`), name).toEqual(unknown);
    }
  });

  it('is so too, within a minute, for a repository that has become private since its badge was made', async () => {
    const { get, store, clock } = await site([onTimeState()]);
    expect((await get('/badge/acme/site.svg')).status).toBe(200);
    store.states.set(1, onTimeState({ private: true }));
    clock.at += MINUTE_MS;
    expect((await get('/badge/acme/site.svg')).status).toBe(404);
  });
});
