import { describe, expect, it } from 'vitest';
import { emptyLearned, newStream, newTrack, streamName } from '../../src/forecast/learned.ts';
import { mergedSketches, type QuantileSketch, sketchQuantile } from '../../src/history/quantile-sketch.ts';
import { emptyJobs, learnJobs, renameJobs } from '../../src/jobs/learned-jobs.ts';
import { emptyOnTime } from '../../src/on-time/state.ts';
import { emptyBookkeeping } from '../../src/proposal/bookkeeping.ts';
import { emptyPopulation } from '../../src/strategy/population.ts';
import { moveSchedules } from '../../src/usecases/learning/move-schedules.ts';
import type { Store } from '../../src/usecases/ports.ts';
import { observed } from '../jobs/observed.ts';
import { clock, onTimeFile, profile, run, servedTick } from './sample.ts';

const HOUR_MS = 3_600_000;

export interface OpenedStore {
  readonly store: Store;
  /** Closes the store and opens it again on the same data. */
  reopen(): Promise<Store>;
  /** Has the disk or the database refuse every write from now on; returns what ends that. */
  refuseWrites(): Promise<() => Promise<void>>;
}

/** What every store must do, whatever it keeps its data in. `open` gives an empty one. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} as a store`, () => {
    it('knows nothing of a repository that was never seen', async () => {
      const { store } = await open();
      expect(await store.load(1)).toBeUndefined();
      expect(await store.profiles()).toEqual([]);
    });

    it('refuses a repository without a profile', async () => {
      const { store } = await open();
      await expect(store.apply(1, { runs: [run(1)] })).rejects.toMatchObject({ code: 'not-found' });
      expect(await store.load(1)).toBeUndefined();
    });

    it('begins a repository with nothing learned and no damage', async () => {
      const { store } = await open();
      await store.apply(1, { profile: profile(1) });
      const state = await store.load(1);
      expect(state).toMatchObject({
        profile: profile(1),
        decisions: [],
        proposals: [],
        damage: [],
      });
      expect(state?.runs).toHaveLength(0);
      expect(state?.population.strategies.map((strategy) => strategy.name)).toEqual(['default']);
    });

    it('keeps one run per id and attempt, in the order they were created', async () => {
      const { store, reopen } = await open();
      await store.apply(1, { profile: profile(1), runs: [run(5), run(2)] });
      await store.apply(1, { runs: [run(5, { conclusion: 'failure' }), run(5, { attempt: 2 }), run(3)] });
      const expected = [
        [2, 1, 'success'],
        [3, 1, 'success'],
        [5, 1, 'failure'],
        [5, 2, 'success'],
      ];
      const seen = async (from: Store) =>
        (await from.load(1))?.runs.map(({ id, attempt, conclusion }) => [id, attempt, conclusion]);
      expect(await seen(store)).toEqual(expected);
      expect(await seen(await reopen())).toEqual(expected);
    });

    it('keeps the jobs of a run while it goes on, and how wide files are', async () => {
      const { store, reopen } = await open();
      const jobs = [{ id: 7, startedAt: clock.now(), endedAt: clock.now() + 1_000 }];
      const widths = { '.github/workflows/nightly.yml': 3 };
      await store.apply(1, {
        profile: profile(1),
        runs: [run(1), run(2, { endedAt: null, conclusion: null, jobs })],
        scheduleVersions: [{ sha: 'a', seenAt: 1, entries: [], widths }],
      });
      for (const from of [store, await reopen()]) {
        const state = await from.load(1);
        expect(state?.runs.map((each) => each.jobs)).toEqual([undefined, jobs]);
        expect(state?.scheduleVersions[0]?.widths).toEqual(widths);
      }
    });

    it('learns jobs once, and finds them under the new path of their file', async () => {
      const { store, reopen } = await open();
      const [first, second] = [observed(1, { runId: 7 }), observed(2, { runId: 8, at: 3_600 })];
      await store.apply(1, { profile: profile(1) });
      expect((await store.load(1))?.jobs).toEqual(emptyJobs());
      await store.apply(1, { observedJobs: [first] });
      const again = await reopen();
      await again.apply(1, { observedJobs: [first, second] });
      const expected = learnJobs(emptyJobs(), [first, second]);
      for (const from of [again, await reopen()]) expect((await from.load(1))?.jobs).toEqual(expected);
      const renames = [{ from: first.path, to: '.github/workflows/new.yml' }];
      const renamed = await reopen();
      await renamed.apply(1, { renamedJobFiles: renames });
      for (const from of [renamed, await reopen()])
        expect((await from.load(1))?.jobs).toEqual(renameJobs(expected, renames));
    });

    it('replaces a version seen again and appends learning events', async () => {
      const { store, reopen } = await open();
      const event = {
        at: 1,
        kind: 'created',
        strategy: 'default',
        before: null,
        after: null,
        why: 'first',
      } as const;
      await store.apply(1, {
        profile: profile(1),
        scheduleVersions: [{ sha: 'a', seenAt: 1, entries: [] }],
        learningEvents: [event],
      });
      await store.apply(1, {
        scheduleVersions: [
          { sha: 'b', seenAt: 2, entries: [] },
          { sha: 'a', seenAt: 3, entries: [] },
        ],
        learningEvents: [{ ...event, why: 'second' }],
      });
      const state = await (await reopen()).load(1);
      expect(state?.scheduleVersions.map(({ sha, seenAt }) => [sha, seenAt])).toEqual([
        ['a', 3],
        ['b', 2],
      ]);
      expect(state?.learningLog.map(({ why }) => why)).toEqual(['first', 'second']);
    });

    it('keeps what people asked for, and appends to the audit', async () => {
      const { store, reopen } = await open();
      const event = {
        at: 1,
        by: 'octocat',
        kind: 'wish',
        from: null,
        to: null,
        decisionId: null,
        pullNumber: 7,
        what: 'Asked for quiet.',
      } as const;
      await store.apply(1, { profile: profile(1), auditEvents: [event] });
      expect((await store.load(1))?.care).toEqual(emptyBookkeeping());
      const care = { ...emptyBookkeeping(), snoozedUntil: 5, editedAt: { 'a.yml#0': 3 } };
      await store.apply(1, { care, auditEvents: [{ ...event, at: 2 }] });
      const state = await (await reopen()).load(1);
      expect(state?.care).toEqual(care);
      expect(state?.audit).toEqual([event, { ...event, at: 2 }]);
    });

    it('says what the repositories of one installation have left for each other', async () => {
      const { store, reopen } = await open();
      const left = (at: number) => ({ at, jobs: { gpu: 'A'.repeat(10_752) } });
      const ids = async (from: Store, installation: number): Promise<readonly number[]> =>
        (await from.sharedLoads(installation)).map(({ repositoryId }) => repositoryId).sort();
      expect(await ids(store, 9)).toEqual([]);
      await store.apply(1, { profile: profile(1), sharedLoad: left(1) });
      await store.apply(2, { profile: profile(2) });
      await store.apply(3, { profile: profile(3, { installationId: 8 }), sharedLoad: left(3) });
      for (const [id, gone] of [{ removedAt: 5 }, { archived: true }, { fork: true }].entries()) {
        await store.apply(4 + id, { profile: profile(4 + id, gone), sharedLoad: left(4) });
      }
      await store.apply(7, { profile: profile(7), sharedLoad: left(7) });
      await store.apply(8, { profile: profile(8), sharedLoad: left(8) });
      expect(await ids(store, 9)).toEqual([1, 7, 8]);
      // Replaced, taken back, kept by what changes something else, and moved to another installation.
      await store.apply(1, { sharedLoad: left(10) });
      await store.apply(7, { sharedLoad: null });
      await store.apply(1, { learningEvents: [] });
      await store.apply(8, { profile: profile(8, { installationId: 8 }) });
      for (const from of [store, await reopen()]) {
        expect(await from.sharedLoads(9)).toEqual([{ repositoryId: 1, load: left(10) }]);
        expect(await ids(from, 8)).toEqual([3, 8]);
        expect((await from.load(1))?.sharedLoad).toEqual(left(10));
        expect((await from.load(7))?.sharedLoad).toBeNull();
      }
      const again = await reopen();
      await again.delete(1);
      expect(await again.sharedLoads(9)).toEqual([]);
    });

    it('keeps an intent before anybody asks GitHub, and one record a tick', async () => {
      const { store, reopen } = await open();
      await store.apply(1, { profile: profile(1), ticks: [servedTick(1), servedTick(2)] });
      const skipped = {
        state: 'skipped',
        at: 5,
        why: 'github',
        sentence: '',
        runId: 7,
        createdAt: 4,
      } as const;
      await store.apply(1, { ticks: [servedTick(2, skipped)] });
      for (const from of [store, await reopen()]) {
        expect((await from.load(1))?.ticks).toEqual([servedTick(1), servedTick(2, skipped)]);
      }
    });

    it('keeps ticks of thirty days', async () => {
      const { store, reopen } = await open();
      const ticks = Array.from({ length: 60 }, (_, day) => servedTick(day));
      await store.apply(1, { profile: profile(1), ticks });
      for (const from of [store, await reopen()]) {
        const kept = (await from.load(1))?.ticks ?? [];
        expect(kept.at(-1)).toEqual(servedTick(59));
        expect(kept.length).toBeLessThanOrEqual(34);
        expect(kept.length).toBeGreaterThanOrEqual(31);
      }
    });

    it('lists the repositories with workflows that are started on time', async () => {
      const { store, reopen } = await open();
      const onTime = { ...emptyOnTime(), files: [onTimeFile()] };
      const ids = async (from: Store) =>
        (await from.onTimeRepositories()).map((one) => one.profile.id).sort();
      await store.apply(1, { profile: profile(1), onTime });
      await store.apply(2, { profile: profile(2), onTime: emptyOnTime() });
      await store.apply(3, { profile: profile(3) });
      await store.apply(4, { profile: profile(4, { removedAt: 5 }), onTime });
      await store.apply(5, { profile: profile(5, { archived: true }), onTime });
      await store.apply(6, { profile: profile(6), onTime });
      expect(await ids(store)).toEqual([1, 6]);
      const later = clock.now() + HOUR_MS;
      const held = { ...onTime, files: [onTimeFile({ watermark: later })] };
      await store.apply(1, { onTime: held });
      await store.apply(6, { onTime: null });
      await store.apply(1, { learningEvents: [] });
      // Whoever has read an older state moves no watermark back.
      await store.apply(1, { onTime });
      for (const from of [store, await reopen()]) {
        expect(await from.onTimeRepositories()).toEqual([{ profile: profile(1), onTime: held }]);
        expect((await from.load(1))?.onTime).toEqual(held);
        expect((await from.load(6))?.onTime).toBeNull();
      }
    });

    it('keeps the newest runs of each workflow, and months of the older ones', async () => {
      const { store, reopen } = await open();
      const weekly = '.github/workflows/weekly.yml';
      const nights = Array.from({ length: 1_400 }, (_, id) =>
        run(id, { createdAt: clock.now() + (id - 1_400) * HOUR_MS, durationSeconds: 100 + id }),
      );
      await store.apply(1, {
        profile: profile(1),
        runs: [run(0, { path: weekly, attempt: 2 }), ...nights.slice(0, 900)],
      });
      // In portions, some of what is old already, and once again what is kept.
      await store.apply(1, { runs: nights.slice(900, 1_000) });
      await store.apply(1, { runs: nights.slice(990) });
      for (const from of [store, await reopen()]) {
        const state = await from.load(1);
        const kept = (state?.runs ?? []).filter(({ path }) => path !== weekly);
        expect(kept.length).toBeGreaterThanOrEqual(500);
        expect(kept.length).toBeLessThanOrEqual(550);
        expect(kept.map(({ id }) => id)).toEqual(nights.slice(-kept.length).map(({ id }) => id));
        expect(state?.runs.filter(({ path }) => path === weekly)).toHaveLength(1);
        const older = state?.olderRuns ?? [];
        expect(older.reduce((sum, { runs }) => sum + runs, 0)).toBe(1_400 - kept.length);
        const gone = nights.slice(0, -kept.length).map(({ durationSeconds }) => durationSeconds ?? 0);
        expect(older.reduce((sum, { totalSeconds }) => sum + totalSeconds, 0)).toBe(
          gone.reduce((sum, seconds) => sum + seconds, 0),
        );
        const all = older.reduce<QuantileSketch>(
          (sketch, { durationSeconds }) => mergedSketches(sketch, durationSeconds),
          {},
        );
        const median = gone[Math.floor(gone.length / 2)] ?? 1;
        expect(Math.abs((sketchQuantile(all, 0.5) ?? 0) / median - 1)).toBeLessThan(0.06);
      }
    });

    it('does not change a state that was handed out', async () => {
      const { store } = await open();
      await store.apply(1, { profile: profile(1), runs: [run(1)] });
      const before = await store.load(1);
      await store.apply(1, { runs: [run(2)] });
      expect(before?.runs).toHaveLength(1);
    });

    it('lists the profiles of all repositories as they are now', async () => {
      const { store, reopen } = await open();
      for (const id of [1, 2, 3]) await store.apply(id, { profile: profile(id) });
      await store.apply(2, { profile: profile(2, { name: 'renamed' }) });
      const names = async (from: Store) => (await from.profiles()).map((each) => each.name).sort();
      expect(await names(store)).toEqual(['renamed', 'repository-1', 'repository-3']);
      expect(await names(await reopen())).toEqual(['renamed', 'repository-1', 'repository-3']);
    });

    it('keeps what GitHub has refused, and not what it has taken back', async () => {
      const { store, reopen } = await open();
      const refusals = {
        'verdict #12': { at: 1_777_864_620_000, sentence: 'comment on #12: “locked”.' },
        dashboard: { at: 2, sentence: 'No.' },
      };
      await store.apply(1, { profile: profile(1, { refusals }) });
      await store.apply(2, { profile: profile(2, { refusals }) });
      await store.apply(2, { profile: profile(2) });
      const again = await reopen();
      expect((await again.load(1))?.profile.refusals).toEqual(refusals);
      expect((await again.load(2))?.profile.refusals).toEqual({});
    });

    it('forgets a deleted repository for good', async () => {
      const { store, reopen } = await open();
      await store.apply(1, { profile: profile(1), runs: [run(1)] });
      await store.apply(2, { profile: profile(2) });
      await store.delete(1);
      expect(await store.load(1)).toBeUndefined();
      const again = await reopen();
      expect(await again.load(1)).toBeUndefined();
      expect((await again.profiles()).map(({ id }) => id)).toEqual([2]);
      await again.apply(1, { profile: profile(1) });
      expect((await again.load(1))?.runs).toHaveLength(0);
    });

    it('keeps what a change teaches of the repository and of lateness, part by part', async () => {
      const { store, reopen } = await open();
      const track = newTrack('a.yml');
      const { background: _, ...empty } = emptyLearned();
      await store.apply(1, {
        profile: profile(1),
        learned: { schedules: { changed: { a: track, b: track } } },
      });
      const before = [await store.load(1), await store.loadLatenessPool()] as const;
      const copy = structuredClone([before[0]?.learned, before[1]]);
      await store.apply(1, {
        learned: { schedules: { changed: { b: { ...track, runs: 2 } }, removed: ['a'] }, finished: [7] },
        latenessPool: { count: 1, level: 0, kept: [[3, 0.5]], drift: [{ bucket: 9, sum: 0.25, count: 1 }] },
      });
      await store.apply(1, { learned: { finished: [8] }, latenessPool: { count: 2, level: 0, drift: [] } });
      for (const from of [store, await reopen()]) {
        const { learned } = (await from.load(1)) ?? {};
        expect(learned).toMatchObject({ ...empty, schedules: { b: { runs: 2 } }, finished: [7, 8] });
        expect(Object.keys(learned?.schedules ?? {})).toEqual(['b']);
        const pool = await from.loadLatenessPool();
        expect([pool.count, pool.kept[3], pool.driftSums[9]]).toEqual([3, 0.5, 0.25]);
      }
      // What was handed out before has not changed.
      expect([before[0]?.learned, before[1]]).toEqual(copy);
    });

    it('answers as before a change that was refused, at once and after a restart', async () => {
      const { store, reopen, refuseWrites } = await open();
      const track = newTrack('a.yml');
      await store.apply(1, {
        profile: profile(1),
        runs: [run(1)],
        learned: { schedules: { changed: { a: track } }, finished: [1] },
        latenessPool: { count: 1, level: 0, drift: [] },
      });
      const answers = async (from: Store) => {
        const state = await from.load(1);
        return structuredClone({
          runs: [...(state?.runs ?? [])],
          learned: state?.learned,
          population: state?.population,
          learningLog: [...(state?.learningLog ?? [])],
          pool: await from.loadLatenessPool(),
        });
      };
      const before = await answers(store);
      const change = {
        runs: [run(2)],
        learned: { schedules: { changed: { a: { ...track, runs: 2 } } }, finished: [2] },
        latenessPool: { count: 1, level: 0.5, drift: [] },
        population: { ...emptyPopulation(1), runsLearned: 2 },
        learningEvents: [
          { at: 1, kind: 'adapted', strategy: 'default', before: null, after: null, why: 'why' } as const,
        ],
      };
      const allow = await refuseWrites();
      await expect(store.apply(1, change)).rejects.toThrow();
      expect(await answers(store)).toEqual(before);
      await allow();
      expect(await answers(store)).toEqual(before);
      const again = await reopen();
      expect(await answers(again)).toEqual(before);
      await again.apply(1, change);
      const state = await again.load(1);
      expect([state?.runs.length, state?.learned.finished]).toEqual([2, [1, 2]]);
      expect((await again.loadLatenessPool()).count).toBe(2);
    });

    it('moves what is known of a schedule to another key and file', async () => {
      const { store, reopen } = await open();
      const [old, renamed] = ['.github/workflows/old.yml', '.github/workflows/new.yml'];
      const entry = { cron: '0 2 * * *', timezone: 'UTC' };
      const matched = { ...entry, previous: null, taken: [], missed: [], phases: [], seenAt: 5 };
      await store.apply(1, {
        profile: profile(1),
        runs: [run(1, { path: old, scheduleKey: `${old}#0` }), run(2)],
        learned: {
          schedules: { changed: { [`${old}#0`]: newTrack(old) } },
          streams: { changed: { [streamName(old, 'schedule')]: newStream(null) } },
          matches: { changed: { [old]: { entries: { [`${old}#0`]: matched } } } },
        },
        scheduleVersions: [{ sha: 'a', seenAt: 5, entries: [{ ...entry, key: `${old}#0`, path: old }] }],
        care: { ...emptyBookkeeping(), editedAt: { [`${old}#0`]: 5 } },
      });
      const before = await store.load(1);
      if (before === undefined) throw new Error('The repository is not known.');
      const keys = new Map([[`${old}#0`, `${renamed}#1`]]);
      const paths = new Map([[old, renamed]]);
      await store.apply(1, moveSchedules(before, { keys, paths, forgotten: new Set() }));
      for (const from of [store, await reopen()]) {
        const state = await from.load(1);
        expect(state?.learned).toMatchObject({
          schedules: { [`${renamed}#1`]: { ...newTrack(renamed) } },
          matches: { [renamed]: { entries: { [`${renamed}#1`]: matched } } },
        });
        const { schedules, streams, matches } = state?.learned ?? emptyLearned();
        expect([schedules, streams, matches].map((parts) => Object.keys(parts).length)).toEqual([1, 1, 1]);
        expect(Object.keys(streams)).toEqual([streamName(renamed, 'schedule')]);
        expect(state?.runs.map(({ path, scheduleKey }) => [path, scheduleKey])).toEqual([
          [renamed, `${renamed}#1`],
          [run(2).path, run(2).scheduleKey],
        ]);
        expect(state?.scheduleVersions[0]?.entries).toEqual([{ ...entry, key: `${renamed}#1`, path: old }]);
        expect(state?.care.editedAt).toEqual({ [`${renamed}#1`]: 5 });
      }
    });

    it('moves the months of a renamed file, together with those that the new path has', async () => {
      const { store, reopen } = await open();
      const [old, renamed] = ['.github/workflows/old.yml', '.github/workflows/new.yml'];
      const busy = (path: string, from: number) =>
        Array.from({ length: 600 }, (_, place) =>
          run(from + place, { path, createdAt: clock.now() + (place - 600) * HOUR_MS }),
        );
      await store.apply(1, { profile: profile(1), runs: [...busy(old, 0), ...busy(renamed, 1_000)] });
      const before = await (await reopen()).load(1);
      if (before?.olderRuns === undefined) throw new Error('Nothing was rolled up.');
      const older = before.olderRuns.reduce((sum, { runs }) => sum + runs, 0);
      expect(new Set(before.olderRuns.map(({ path }) => path))).toEqual(new Set([old, renamed]));
      const again = await reopen();
      await again.apply(1, { renamedFiles: [{ from: old, to: renamed }] });
      for (const from of [again, await reopen()]) {
        const months = (await from.load(1))?.olderRuns ?? [];
        expect(months.map(({ path }) => path)).toEqual(months.map(() => renamed));
        expect(new Set(months.map(({ month, kind }) => `${month} ${kind}`)).size).toBe(months.length);
        expect(months.reduce((sum, { runs }) => sum + runs, 0)).toBe(older);
      }
    });

    it('puts a whole learned state in the place of another', async () => {
      const { store, reopen } = await open();
      await store.apply(1, { profile: profile(1), learned: { finished: [7] } });
      const whole = { ...emptyLearned(), schedules: { b: newTrack('b.yml') } };
      await store.apply(1, { learned: { whole, finished: [9] } });
      for (const from of [store, await reopen()])
        expect((await from.load(1))?.learned).toEqual({ ...whole, finished: [9] });
    });

    it('applies changes that come at the same time, each of them', async () => {
      const { store, reopen } = await open();
      await store.apply(1, { profile: profile(1) });
      await Promise.all(Array.from({ length: 50 }, (_, id) => store.apply(1, { runs: [run(id)] })));
      expect((await (await reopen()).load(1))?.runs).toHaveLength(50);
    });
  });
}
