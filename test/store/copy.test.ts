import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { emptyMatchState } from '../../src/history/match-state.ts';
import { emptyOnTime } from '../../src/on-time/state.ts';
import { emptyBookkeeping } from '../../src/proposal/bookkeeping.ts';
import { copyStore } from '../../src/store/copy-store.ts';
import type { WholeStore } from '../../src/store/kept-repository.ts';
import { openLowdbStore } from '../../src/store/lowdb/lowdb-store.ts';
import { openPostgresStore, type PostgresStore } from '../../src/store/postgres/postgres-store.ts';
import {
  dropTemplate,
  embeddedDatabase,
  missingServer,
  serverDatabase,
  type TestDatabase,
} from '../database/test-database.ts';
import { clock, keepingLog, onTimeFile, profile, run, servedTick } from './sample.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
afterAll(dropTemplate);

async function files(directory?: string): Promise<{ store: WholeStore; directory: string }> {
  const where = directory ?? (await mkdtemp(join(tmpdir(), 'offbeat-copy-')));
  const retention = {
    runsPerWorkflow: 2_000,
    runs: 30_000,
    learningEvents: 2_000,
    scheduleVersions: 50,
    fullDecisions: 200,
    auditEvents: 5_000,
  };
  const store = await openLowdbStore({ directory: where, log: keepingLog(), clock, retention });
  cleanups.push(
    () => rm(where, { recursive: true, force: true }),
    () => store.close(),
  );
  return { store, directory: where };
}

async function tables(
  fresh: () => Promise<TestDatabase>,
): Promise<{ store: PostgresStore; opened: TestDatabase }> {
  const opened = await fresh();
  cleanups.push(() => opened.destroy());
  return { store: openPostgresStore({ database: opened.database, log: keepingLog(), clock }), opened };
}

const LEARNING = { kind: 'created', strategy: 'default', before: null, after: null, why: 'first' } as const;

/** Repositories with something in every corner, the second larger than is kept one by one. */
async function fill(store: WholeStore): Promise<void> {
  await store.apply(1, {
    profile: profile(1, {
      commandedMode: 'suggest',
      lastRoundAt: 5,
      noticesGiven: ['a', 'b'],
      refusals: { proposal: { at: 3, sentence: 'No.' } },
    }),
    runs: [
      run(1),
      run(2, {
        headBranch: null,
        endedAt: null,
        conclusion: null,
        durationSeconds: null,
        jobs: [{ id: 1, startedAt: 5, endedAt: 6 }],
      }),
    ],
    sharedLoad: { at: 7, jobs: { gpu: 'A'.repeat(10_752) } },
    onTime: { ...emptyOnTime(), files: [onTimeFile()] },
    ticks: [servedTick(1), servedTick(2)],
    scheduleVersions: [
      { sha: 'b', seenAt: 2, entries: [], widths: { 'a.yml': 2 } },
      { sha: 'a', seenAt: 1, entries: [] },
    ],
    learningEvents: [
      { ...LEARNING, at: 1 },
      { ...LEARNING, at: 2 },
    ],
    care: { ...emptyBookkeeping(), snoozedUntil: 7 },
    auditEvents: [
      {
        at: 1,
        by: null,
        kind: 'written',
        from: null,
        to: null,
        decisionId: null,
        pullNumber: null,
        what: 'x',
      },
    ],
  });
  const state = await store.load(1);
  if (state === undefined) throw new Error('gone');
  const matches = { changed: { '.github/workflows/nightly.yml': emptyMatchState() } };
  await store.apply(1, {
    learned: { finished: [1, 2], matches },
    population: { ...state.population, runsLearned: 2 },
    latenessPool: { count: 3, level: 0, hourSums: [[4, 1.25]], drift: [] },
  });
  await store.apply(2, {
    profile: profile(2, { removedAt: 9 }),
    runs: Array.from({ length: 10_500 }, (_, id) => run(id)),
    learningEvents: Array.from({ length: 2_100 }, (_, at) => ({ ...LEARNING, at })),
  });
  // What is beyond the bounds is rolled up, or not listed.
  await store.apply(2, { runs: Array.from({ length: 800 }, (_, id) => run(10_500 + id)) });
}

const missing = await missingServer();

describe.each([
  ['PGlite', embeddedDatabase, undefined],
  [`PostgreSQL${missing === undefined ? '' : ` (${missing})`}`, serverDatabase, missing],
] as const)('a copy to and from %s', (_name, fresh, reason) => {
  describe.skipIf(reason !== undefined)('where there is a server', () => {
    it('has everything, there and back again, with the same hash', async () => {
      const { store: from } = await files();
      await fill(from);
      const { store: middle } = await tables(fresh);
      const there = await copyStore(from, middle);
      expect(there).toMatchObject({ repositories: 2 });
      expect(there.runs + there.olderRuns).toBe(11_302);
      expect(there.olderRuns).toBeGreaterThan(9_000);
      const target = await files();
      const back = await copyStore(middle, target.store);
      expect(back.sha256).toBe(there.sha256);
      await target.store.close();
      const { store: again } = await files(target.directory);
      expect((await again.load(1))?.learned).toEqual((await from.load(1))?.learned);
      expect((await again.load(1))?.scheduleVersions.map(({ sha }) => sha)).toEqual(['b', 'a']);
      const all = async (store: WholeStore) => {
        const state = await store.load(2);
        return (state?.runs.length ?? 0) + (state?.olderRuns ?? []).reduce((sum, { runs }) => sum + runs, 0);
      };
      expect(await all(from)).toBe(11_300);
      expect(await all(again)).toBe(11_300);
      expect((await again.loadLatenessPool()).count).toBe(3);
    });

    it('refuses a target that keeps something already', async () => {
      const { store: from } = await files();
      const { store: to } = await tables(fresh);
      await to.apply(1, { profile: profile(1) });
      await expect(copyStore(from, to)).rejects.toMatchObject({ code: 'usage-invalid' });
    });

    it('notices a difference', async () => {
      const { store: from } = await files();
      await from.apply(1, { profile: profile(1), runs: [run(1)] });
      const { store: to, opened } = await tables(fresh);
      const forgetful: WholeStore = {
        load: (id) => to.load(id),
        async keep(kept) {
          await to.keep(kept);
          await sql`delete from offbeat.runs`.execute(opened.database);
        },
        apply: (id, change) => to.apply(id, change),
        profiles: () => to.profiles(),
        sharedLoads: (id) => to.sharedLoads(id),
        onTimeRepositories: () => to.onTimeRepositories(),
        delete: (id) => to.delete(id),
        loadLatenessPool: () => to.loadLatenessPool(),
        replaceLatenessPool: (pool) => to.replaceLatenessPool(pool),
        close: () => to.close(),
      };
      await expect(copyStore(from, forgetful)).rejects.toMatchObject({ code: 'store-damaged' });
    });
  });
});
