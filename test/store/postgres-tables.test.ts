import { sql } from 'kysely';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { OffbeatError } from '../../src/errors.ts';
import type { Run } from '../../src/history/run.ts';
import { openPostgresStore, type PostgresStore } from '../../src/store/postgres/postgres-store.ts';
import type { RepositoryState } from '../../src/usecases/ports.ts';
import {
  dropTemplate,
  embeddedDatabase,
  missingServer,
  serverDatabase,
  type TestDatabase,
} from '../database/test-database.ts';
import { clock, keepingLog, profile, run, servedTick } from './sample.ts';

const databases: TestDatabase[] = [];
afterEach(async () => {
  for (const each of databases.splice(0)) await each.destroy();
});
afterAll(dropTemplate);

const missing = await missingServer();
const DAY_MS = 86_400_000;

describe.each([
  ['PGlite', embeddedDatabase, undefined],
  [`PostgreSQL${missing === undefined ? '' : ` (${missing})`}`, serverDatabase, missing],
] as const)('tables on %s', (_name, fresh, reason) => {
  /** Two stores on one database, as two processes have them. */
  async function openTwo(): Promise<TestDatabase & { one: PostgresStore; other: PostgresStore }> {
    const opened = await fresh();
    databases.push(opened);
    const open = () =>
      openPostgresStore({ database: opened.database, log: keepingLog(), clock, runMonths: 2 });
    return { ...opened, one: open(), other: open() };
  }
  const ids = (state: RepositoryState | undefined) => state?.runs.map(({ id }) => id);

  describe.skipIf(reason !== undefined)('where there is a server', () => {
    it('show one process what another has changed', async () => {
      const { one, other } = await openTwo();
      await one.apply(1, { profile: profile(1), runs: [run(1)] });
      expect(ids(await one.load(1))).toEqual([1]);
      await other.apply(1, { runs: [run(2)] });
      expect(ids(await one.load(1))).toEqual([1, 2]);
      await other.delete(1);
      expect(await one.load(1)).toBeUndefined();
      await other.apply(1, { profile: profile(1) });
      expect(ids(await one.load(1))).toEqual([]);
    });

    it('write what a job changed together with its mark, or neither', async () => {
      const { one, other } = await openTwo();
      await one.apply(1, { profile: profile(1) });
      const work = () => one.apply(1, { runs: [run(1)] });
      await expect(
        one.inTransaction(work, async () => {
          throw new Error('somebody else has the job');
        }),
      ).rejects.toThrow('somebody else');
      expect(ids(await one.load(1))).toEqual([]);
      let visible: unknown = 'not asked';
      await one.inTransaction(async () => {
        await work();
        expect(ids(await one.load(1))).toEqual([1]);
        visible = ids(await other.load(1));
      });
      expect(visible).toEqual([]);
      expect(ids(await other.load(1))).toEqual([1]);
    });

    it('write nothing of work that failed', async () => {
      const { one } = await openTwo();
      await one.apply(1, { profile: profile(1) });
      const failing = one.inTransaction(async () => {
        await one.apply(1, { runs: [run(1)], learned: { finished: [7] } });
        throw new Error('GitHub is down');
      });
      await expect(failing).rejects.toThrow('GitHub is down');
      const state = await one.load(1);
      expect(ids(state)).toEqual([]);
      expect(state?.learned.finished).toEqual([]);
    });

    it('do work again where another job has learned meanwhile, on what stands then', async () => {
      const { one, other } = await openTwo();
      await one.apply(1, { profile: profile(1) });
      const first = Promise.withResolvers<void>();
      const second = Promise.withResolvers<void>();
      const seen: number[][] = [];
      const learn = (id: number, meanwhile: () => Promise<void> | void) =>
        one.inTransaction(async () => {
          const state = await one.load(1);
          if (state === undefined) throw new Error('gone');
          seen.push([...state.learned.finished]);
          await meanwhile();
          await one.apply(1, { learned: { finished: [id] } });
        });
      // In memory, for both to find.
      await one.load(1);
      const slow = learn(1, () => {
        first.resolve();
        return second.promise;
      });
      await first.promise;
      await learn(2, () => undefined);
      second.resolve();
      await slow;
      expect(seen).toEqual([[], [], [2]]);
      expect((await other.load(1))?.learned.finished).toEqual([2, 1]);
      expect((await one.load(1))?.learned.finished).toEqual([2, 1]);
    });

    it('do work again that learned from what another has changed meanwhile', async () => {
      const { one, other } = await openTwo();
      await one.apply(1, { profile: profile(1) });
      let tries = 0;
      await one.inTransaction(async () => {
        tries += 1;
        const state = await one.load(1);
        if (state === undefined) throw new Error('gone');
        if (tries === 1) await other.apply(1, { population: { ...state.population, runsLearned: 40 } });
        await one.apply(1, {
          population: { ...state.population, runsLearned: state.population.runsLearned + 1 },
        });
      });
      expect(tries).toBe(2);
      expect((await other.load(1))?.population.runsLearned).toBe(41);
    });

    it('do work again where another has deleted the repository meanwhile', async () => {
      const { one, other } = await openTwo();
      await one.apply(1, { profile: profile(1) });
      const seen: boolean[] = [];
      await one.inTransaction(async () => {
        const state = await one.load(1);
        seen.push(state !== undefined);
        if (state === undefined) return;
        await other.delete(1);
        await one.apply(1, {
          learned: { finished: [7] },
          population: state.population,
          runs: [run(7)],
        });
      });
      expect(seen).toEqual([true, false]);
      expect(await other.load(1)).toBeUndefined();
    });

    it('do work again where another has changed other fields meanwhile, and keep both changes', async () => {
      const { one, other } = await openTwo();
      await one.apply(1, { profile: profile(1) });
      let tries = 0;
      await one.inTransaction(async () => {
        tries += 1;
        const state = await one.load(1);
        if (tries === 1)
          await other.apply(1, { profile: profile(1, { commandedMode: 'pause' }), runs: [run(2)] });
        await one.apply(1, {
          profile: { ...(state?.profile ?? profile(1)), name: 'renamed' },
          runs: [run(1)],
        });
      });
      const state = await other.load(1);
      expect(tries).toBe(2);
      expect(state?.profile).toMatchObject({ name: 'renamed', commandedMode: 'pause' });
      expect(ids(state)).toEqual([1, 2]);
    });

    it('give up work whose repository others change again and again', async () => {
      const { one, other } = await openTwo();
      await one.apply(1, { profile: profile(1) });
      let tries = 0;
      const work = async () => {
        tries += 1;
        await one.load(1);
        await other.apply(1, { runs: [run(100 + tries)] });
        await one.apply(1, { runs: [run(1)] });
      };
      await expect(one.inTransaction(work)).rejects.toThrow('changed meanwhile');
      expect(tries).toBe(5);
      expect(ids(await other.load(1))).not.toContain(1);
    });

    it('write only the parts of the learned state that changed, and lose none', async () => {
      const { one, other, database } = await openTwo();
      await one.apply(1, { profile: profile(1) });
      const learn = (ids: readonly number[]) =>
        one.inTransaction(async () => {
          await one.apply(1, { learned: { finished: [...ids] } });
        });
      await learn([1]);
      const rows = () =>
        sql`select part, xmin::text from offbeat.learned_parts order by part`.execute(database);
      const before = (await rows()).rows as { part: string; xmin: string }[];
      await learn([2]);
      const after = (await rows()).rows as { part: string; xmin: string }[];
      expect(after.filter(({ xmin }, place) => xmin !== before[place]?.xmin).map(({ part }) => part)).toEqual(
        ['finished'],
      );
      expect((await other.load(1))?.learned).toEqual((await one.load(1))?.learned);
      expect((await other.load(1))?.learned.finished).toEqual([1, 2]);
    });

    it('lose no lateness that several workers learn at once', async () => {
      const { one, other } = await openTwo();
      await one.apply(1, { profile: profile(1) });
      const learn = (store: PostgresStore) =>
        store.inTransaction(async () => {
          await store.apply(1, { latenessPool: { count: 1, level: 0, hourSums: [[3, 2]], drift: [] } });
        });
      // More than are summed up at once.
      for (let round = 0; round < 40; round += 1) await Promise.all([learn(one), learn(other)]);
      const again = openPostgresStore({
        database: (databases.at(-1) as TestDatabase).database,
        log: keepingLog(),
        clock,
      });
      for (const _look of ['folds', 'reads what was folded']) {
        const pool = await again.loadLatenessPool();
        expect(pool.count).toBe(80);
        expect(pool.hourSums[3]).toBeCloseTo(160, 6);
      }
    });

    it('take in lateness that was committed though word of it got lost', async () => {
      const { one } = await openTwo();
      expect((await one.loadLatenessPool()).count).toBe(0);
      const learning = one.inTransaction(
        async () => {
          await one.apply(1, { profile: profile(1), latenessPool: { count: 1, level: 0, drift: [] } });
        },
        async (transaction) => {
          await sql`commit`.execute(transaction);
          throw new OffbeatError('store-unreachable', 'The database does not answer.');
        },
      );
      await expect(learning).rejects.toThrow('does not answer');
      expect((await one.loadLatenessPool()).count).toBe(1);
    });

    it('sum up months that are too old, and drop them', async () => {
      const { one, other, database } = await openTwo();
      const daysAgo = (id: number, days: number, more: Partial<Run> = {}) =>
        run(id, { createdAt: clock.now() - days * DAY_MS, ...more });
      await one.apply(1, {
        profile: profile(1),
        runs: [daysAgo(1, 200), daysAgo(2, 100, { conclusion: 'failure' }), daysAgo(3, 1)],
      });
      // The months of the first two are older than two months: they were never given a table of their own.
      expect(ids(await other.load(1))).toEqual([1, 2, 3]);
      await one.sweep();
      const state = await other.load(1);
      expect(ids(state)).toEqual([3]);
      expect(state?.olderRuns).toMatchObject([
        { month: '2026-04', runs: 1, successes: 1, failures: 0, totalSeconds: 60 },
        { month: '2026-07', runs: 1, successes: 0, failures: 1, totalSeconds: 60 },
      ]);
      // A year later the last month goes too, table and all.
      const later = openPostgresStore({
        database,
        log: keepingLog(),
        clock: { now: () => clock.now() + 365 * DAY_MS },
        runMonths: 2,
      });
      expect((await later.sweep()).months).toEqual(['2026-11']);
      expect((await later.sweep()).months).toEqual([]);
      expect(ids(await one.load(1))).toEqual([]);
      expect((await one.load(1))?.olderRuns?.reduce((sum, { runs }) => sum + runs, 0)).toBe(3);
    });

    it('sum up while deliveries are learned, without anybody failing', async () => {
      const { one, database } = await openTwo();
      const later = openPostgresStore({
        database,
        log: keepingLog(),
        clock: { now: () => clock.now() + 120 * DAY_MS },
        runMonths: 2,
      });
      for (const id of [1, 2, 3]) await one.apply(id, { profile: profile(id), runs: [run(id)] });
      const learn = async (id: number) => {
        for (let place = 10; place < 30; place += 1)
          await one.inTransaction(() => one.apply(id, { runs: [run(100 * id + place)] }));
      };
      await Promise.all([learn(1), learn(2), learn(3), later.sweep(), later.sweep()]);
      await later.sweep();
      for (const id of [1, 2, 3]) {
        const state = await later.load(id);
        expect(state?.runs.length).toBe(0);
        expect(state?.olderRuns?.reduce((sum, { runs }) => sum + runs, 0)).toBe(21);
      }
    });

    it('take out of the table what a job has rolled up, once, whoever else does the same', async () => {
      const { one, other, database } = await openTwo();
      const rows = async () =>
        (await sql<{ count: number }>`select count(*)::integer as count from offbeat.runs`.execute(database))
          .rows[0]?.count;
      const older = (state: RepositoryState | undefined) =>
        state?.olderRuns?.reduce((sum, { runs }) => sum + runs, 0);
      await one.apply(1, {
        profile: profile(1),
        runs: Array.from({ length: 700 }, (_, id) => run(id)),
      });
      expect([await rows(), (await one.load(1))?.runs.length, older(await one.load(1))]).toEqual([
        500, 500, 200,
      ]);
      await Promise.all(
        [one, other].map((store, place) =>
          store.inTransaction(() => store.apply(1, { runs: [run(700 + place)] })),
        ),
      );
      expect(await rows()).toBe(502);
      for (const store of [one, other]) {
        expect((await store.load(1))?.runs.length).toBe(502);
        expect(older(await store.load(1))).toBe(200);
      }
      await one.inTransaction(async () => {
        for (let id = 702; id < 900; id += 1) await one.apply(1, { runs: [run(id)] });
      });
      const state = await other.load(1);
      expect(await rows()).toBe(state?.runs.length);
      expect((state?.runs.length ?? 0) + (older(state) ?? 0)).toBe(900);
      expect(ids(await one.load(1))).toEqual(ids(state));
      expect((await one.load(1))?.olderRuns).toEqual(state?.olderRuns);
    });

    it('leave nothing behind of a repository that was deleted', async () => {
      const { one, database } = await openTwo();
      await one.apply(1, { profile: profile(1), runs: [run(1, { createdAt: clock.now() - 200 * DAY_MS })] });
      await sql`delete from offbeat.repositories`.execute(database);
      await one.sweep();
      expect((await sql`select 1 from offbeat.runs`.execute(database)).rows).toEqual([]);
    });

    it('keep ticks for 31 days, and the keys of deliveries for 4', async () => {
      const { one, database } = await openTwo();
      const ticks = [servedTick(-30.9), servedTick(-31.1)];
      await one.apply(1, { profile: profile(1), ticks });
      for (const hours of [95, 97])
        await sql`insert into offbeat.seen_keys (key, seen_at)
          values (${`${hours}`}, now() - make_interval(hours => ${hours}::integer))`.execute(database);
      await one.sweep();
      expect((await sql`select tick::float8 from offbeat.ticks`.execute(database)).rows).toEqual([
        { tick: ticks[0]?.tick },
      ]);
      expect((await sql`select key from offbeat.seen_keys`.execute(database)).rows).toEqual([{ key: '95' }]);
    });

    it('know a run again whose creation is told otherwise', async () => {
      const { one, other } = await openTwo();
      await one.apply(1, { profile: profile(1), runs: [run(1)] });
      await one.apply(1, { runs: [run(1, { createdAt: clock.now() - 31 * DAY_MS, conclusion: 'failure' })] });
      const conclusions = async () =>
        (await other.load(1))?.runs.map(({ id, conclusion }) => [id, conclusion]);
      expect(await conclusions()).toEqual([[1, 'failure']]);
      await one.inTransaction(async () => {
        const state = await one.load(1);
        if (state === undefined) throw new Error('gone');
        await one.apply(1, {
          learned: { finished: [1] },
          runs: [run(1, { conclusion: 'cancelled' }), run(2)],
        });
      });
      expect(await conclusions()).toEqual([
        [1, 'cancelled'],
        [2, 'success'],
      ]);
    });

    it('take text that PostgreSQL cannot hold', async () => {
      const { one, other } = await openTwo();
      const nasty = 'a\0\ud800"\\u0000';
      await one.apply(1, {
        profile: profile(1, { name: nasty }),
        runs: [run(1, { headBranch: nasty })],
        scheduleVersions: [{ sha: nasty, seenAt: 1.5, entries: [] }],
      });
      const state = await other.load(1);
      expect(state?.runs.at(0)?.headBranch).toBe('a\ufffd\ufffd"\\u0000');
      expect(state?.scheduleVersions[0]?.seenAt).toBe(1.5);
    });

    it('keep what was first said of a decision beside what was said later', async () => {
      const { one, database } = await openTwo();
      const decision = sampleDecision('a', 1);
      await one.apply(1, { profile: profile(1), decisions: [decision, sampleDecision('b', 2)] });
      await one.apply(1, { decisions: [{ ...decision, confidence: 0.5 }] });
      await one.apply(1, { decisions: [{ ...decision, confidence: 0.5 }] });
      const state = await one.load(1);
      expect(state?.decisions.map(({ id, confidence }) => [id, confidence])).toEqual([
        ['a', 0.5],
        ['b', 1],
      ]);
      const { rows } = await sql`select id from offbeat.decisions order by sequence`.execute(database);
      expect(rows).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'a' }]);
    });

    it('say so where what they hold cannot be read', async () => {
      const { one, other, database } = await openTwo();
      await one.apply(1, { profile: profile(1) });
      await sql`update offbeat.populations set population = '{"version": 9}'`.execute(database);
      await expect(other.load(1)).rejects.toMatchObject({ code: 'store-damaged' });
    });
  });
});

function sampleDecision(id: string, at: number) {
  const terms = { overlap: 0, lateness: 0, failure: 0, finishBy: 0, shift: 0, edit: 0 };
  return {
    version: 1 as const,
    id,
    at,
    trigger: 'run' as const,
    strategy: 'default',
    propensity: 1,
    seed: 1,
    schedules: [],
    confidence: 1,
    benefit: 0,
    terms: { before: terms, after: terms },
    load: { before: [], after: [] },
    gates: [],
  };
}
