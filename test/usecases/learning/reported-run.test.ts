import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Run } from '../../../src/history/run.ts';
import { openLowdbStore } from '../../../src/store/lowdb/lowdb-store.ts';
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import { knownRepository, meetRepository } from '../../../src/usecases/known-repository.ts';
import { catchUp } from '../../../src/usecases/learning/catch-up.ts';
import { noteRun, observeRun } from '../../../src/usecases/learning/observe-run.ts';
import { recordRun } from '../../../src/usecases/learning/record-run.ts';
import type { Store } from '../../../src/usecases/ports.ts';
import { dropTemplate, missingServer, serverDatabase } from '../../database/test-database.ts';
import { NIGHTLY, sampleRun } from '../../history/sample-run.ts';
import { clock, keepingLog } from '../../store/sample.ts';
import { DAY_MS, fakeContext, NOW, SEEN } from '../fakes.ts';

const KEY = `${NIGHTLY}#0`;
const STREAM = `${NIGHTLY}|schedule`;
const OTHER = '.github/workflows/other.yml';
const missing = await missingServer();

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
afterAll(dropTemplate);

async function onFiles(): Promise<Store> {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-reported-'));
  cleanups.push(() => rm(directory, { recursive: true }));
  const store = await openLowdbStore({ directory, log: keepingLog(), clock });
  cleanups.push(() => store.close());
  return store;
}

async function onPostgres(): Promise<Store> {
  const { database, destroy } = await serverDatabase();
  cleanups.push(destroy);
  return openPostgresStore({ database, log: keepingLog(), clock });
}

const run = (day: number): Run =>
  sampleRun(100 + day, new Date(NOW - (10 - day) * DAY_MS).toISOString(), { durationSeconds: 600 });
const lost = run(9);

/** A repository with a week of runs, of which GitHub lists `lost` too, whose webhooks did not come. */
async function week(store: Store) {
  const files = [{ path: NIGHTLY, text: "on:\n  schedule:\n    - cron: '17 3 * * *'\n" }];
  const fake = fakeContext({ files }, { store });
  const { connect } = fake.context.github;
  const context: typeof fake.context = {
    ...fake.context,
    github: {
      ...fake.context.github,
      connect: async (...given) => {
        const connected = await connect(...given);
        return {
          ...connected,
          reader: { ...connected.reader, runs: async () => [lost], jobs: async () => [] },
        };
      },
    },
  };
  await meetRepository(context, SEEN);
  for (let day = 1; day < 9; day += 1) await observeRun(context, SEEN, run(day));
  const report = (over: { readonly runId?: number; readonly workflow?: string } = {}) =>
    recordRun(context, SEEN.id, {
      workflow: 'nightly.yml',
      // A step knows the start to the second it looked at the clock.
      startTime: new Date(lost.startedAt + 20_000).toISOString(),
      duration: 590,
      success: true,
      resourceUsage: { cpu_seconds: 100 },
      runId: lost.id,
      ...over,
    });
  const figures = async () => {
    const { runs, learned, population, care } = await knownRepository(context, SEEN.id);
    return {
      runs: [...runs].map(({ id, event }) => `${id} ${event}`),
      durations: learned.streams[STREAM]?.duration.experts.count,
      outcomes: learned.streams[STREAM]?.success.count,
      ticks: learned.schedules[KEY]?.runs,
      forecasts: population.runsLearned,
      reports: care.usage?.[NIGHTLY]?.reports,
    };
  };
  return { context, report, figures };
}

const SEEN_FROM_GITHUB = Array.from({ length: 9 }, (_, at) => `${101 + at} schedule`);
const ONCE = { runs: SEEN_FROM_GITHUB, durations: 9, outcomes: 9, ticks: 9, forecasts: 8, reports: 1 };

const STORES = [
  ['files', onFiles],
  ['PostgreSQL', onPostgres],
] as const;

describe.each(STORES)(
  'a run that is reported with its number and whose webhook was lost, on %s',
  (name, open) => {
    it.skipIf(name !== 'files' && missing !== undefined)(
      'is learned once, whoever tells of it later',
      async () => {
        const { context, report, figures } = await week(await open());
        expect(await report()).toMatchObject({ run_id: lost.id, learned: true });
        expect(await figures()).toMatchObject({ durations: 9, outcomes: 9, ticks: 8, forecasts: 8 });
        // A step that is repeated says the same again.
        expect(await report()).toMatchObject({ run_id: lost.id, learned: false });
        expect((await figures()).reports).toBe(1);
        // Only GitHub knows its tick: its lateness is still to be learned.
        await catchUp(context, SEEN.id, NOW - 2 * DAY_MS, () => true);
        expect(await figures()).toEqual(ONCE);
        const [newest] = [...(await knownRepository(context, SEEN.id)).runs].slice(-1);
        expect(newest).toMatchObject({ startedAt: lost.startedAt, predictedSeconds: 600 });
        // A webhook that GitHub sends again after all.
        await observeRun(context, SEEN, lost);
        await catchUp(context, SEEN.id, NOW - 2 * DAY_MS, () => true);
        expect(await figures()).toEqual(ONCE);
      },
    );

    it.skipIf(name !== 'files' && missing !== undefined)(
      'is learned once where it is known as begun',
      async () => {
        const { context, report, figures } = await week(await open());
        await noteRun(context, SEEN, { ...lost, endedAt: null, conclusion: null, durationSeconds: null });
        expect(await report()).toMatchObject({ run_id: lost.id, learned: false });
        await observeRun(context, SEEN, lost);
        expect(await figures()).toEqual(ONCE);
      },
    );
  },
);

describe('a report with the number of a run of another workflow', () => {
  it('is a run of its own', async () => {
    const { context, report, figures } = await week(await onFiles());
    await observeRun(context, SEEN, lost);
    const { run_id: id, learned } = await report({ workflow: 'other.yml' });
    expect(learned).toBe(true);
    expect((await figures()).runs).toEqual([...SEEN_FROM_GITHUB, `${id} reported`]);
  });

  it('gives the number up to a run that has begun', async () => {
    const { context, report, figures } = await week(await onFiles());
    await report({ workflow: 'other.yml' });
    await noteRun(context, SEEN, { ...lost, endedAt: null, conclusion: null, durationSeconds: null });
    expect((await figures()).runs).toEqual([...SEEN_FROM_GITHUB, expect.stringContaining(' reported')]);
    await observeRun(context, SEEN, lost);
    expect(await figures()).toMatchObject({ durations: 9, outcomes: 9, ticks: 9 });
  });
});

describe.each(STORES)(
  'a report with the number of a run of another workflow that GitHub tells of later, on %s',
  (name, open) => {
    it.skipIf(name !== 'files' && missing !== undefined)(
      'gives it up to that run, which is learned too',
      async () => {
        const { context, report, figures } = await week(await open());
        expect((await report({ workflow: 'other.yml' })).run_id).toBe(lost.id);
        await observeRun(context, SEEN, lost);
        const { runs, ...learned } = await figures();
        expect(runs).toEqual([...SEEN_FROM_GITHUB, expect.stringMatching(/^\d{16} reported$/)]);
        expect(learned).toEqual({ durations: 9, outcomes: 9, ticks: 9, forecasts: 8, reports: undefined });
        const { learned: all } = await knownRepository(context, SEEN.id);
        expect(all.streams[`${OTHER}|schedule`]?.duration.experts.count).toBe(1);
        // The same again, from either side.
        expect(await report({ workflow: 'other.yml' })).toMatchObject({
          run_id: Number(runs.at(-1)?.split(' ')[0]),
          learned: false,
        });
        await observeRun(context, SEEN, lost);
        expect(await figures()).toEqual({ runs, ...learned });
      },
    );
  },
);

describe('a run whose end was reported', () => {
  it('stays ended when GitHub tells of its start afterwards', async () => {
    const { context, report, figures } = await week(await onFiles());
    await report();
    await noteRun(context, SEEN, { ...lost, endedAt: null, conclusion: null, durationSeconds: null });
    const [newest] = [...(await knownRepository(context, SEEN.id)).runs].slice(-1);
    expect(newest).toMatchObject({ id: lost.id, conclusion: 'success', durationSeconds: 590 });
    expect(newest?.endedAt).toBe(lost.startedAt + 610_000);
    await observeRun(context, SEEN, lost);
    expect(await figures()).toEqual(ONCE);
  });
});
