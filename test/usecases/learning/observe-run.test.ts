import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../../src/errors.ts';
import { rollUp } from '../../../src/history/older-runs.ts';
import type { Run } from '../../../src/history/run.ts';
import { emptyRepository } from '../../../src/store/kept-repository.ts';
import { newProfile } from '../../../src/usecases/known-repository.ts';
import { noteRun, observeJob, observeRun } from '../../../src/usecases/learning/observe-run.ts';
import { touchWorkflows } from '../../../src/usecases/learning/read-version.ts';
import { schedulesInForce } from '../../../src/usecases/learning/schedules-in-force.ts';
import { NIGHTLY, sampleRun } from '../../history/sample-run.ts';
import { DAY_MS, fakeContext, NOW, SEEN } from '../fakes.ts';

const MINUTE_MS = 60_000;
const FILES = [{ path: NIGHTLY, text: 'on:\n  schedule:\n    - cron: "0 2 * * *"\n' }];

const setUp = (files = FILES) => fakeContext({ files });

/** The nightly run `day` days after the first, so many minutes late. */
function nightly(day: number, lateMinutes = 30, over: Partial<Run> = {}): Run {
  const createdAt = new Date(Date.UTC(2026, 4, 5 + day, 2, lateMinutes)).toISOString();
  return sampleRun(day + 1, createdAt, over);
}

const begun = (run: Run): Run => ({ ...run, endedAt: null, conclusion: null, durationSeconds: null });

function stateOf(fake: ReturnType<typeof fakeContext>) {
  return fake.store.states.get(SEEN.id) ?? emptyRepository(newProfile(SEEN), NOW);
}

describe('a push', () => {
  const push = (fake: ReturnType<typeof fakeContext>) => touchWorkflows(fake.context, SEEN, 'c2', 'c1');

  it.each([
    ['was pushed away', 'not-found', false],
    ['is not there yet', 'github-not-yet', true],
  ] as const)('whose commit %s drops no version and no track', async (_, code, isPutOff) => {
    const fake = setUp();
    await observeRun(fake.context, SEEN, nightly(0));
    const before = structuredClone(stateOf(fake));
    const error = new OffbeatError(code, 'GitHub does not have it.');
    fake.repository.refuses = { workflowSources: error };
    if (isPutOff) await expect(push(fake)).rejects.toBe(error);
    else await push(fake);
    expect(stateOf(fake)).toEqual(before);
  });
});

describe('a run that has ended', () => {
  it('is matched with its tick and kept', async () => {
    const fake = setUp();
    const learnt = await observeRun(fake.context, SEEN, nightly(0, 45));
    expect(learnt?.run).toMatchObject({ scheduleKey: `${NIGHTLY}#0`, tick: Date.UTC(2026, 4, 5, 2) });
    expect(learnt?.latenessMinutes).toBe(45);
    expect([...stateOf(fake).runs]).toEqual([learnt?.run]);
  });

  it.each([
    ['GitHub knows its commit no longer', 'not-found', 'GitHub knows no such commit.', []],
    ['GitHub does not show the files', 'github-refused', 'Repository access blocked.', ['workflow files']],
  ] as const)('is kept without schedules where %s', async (_, code, message, recorded) => {
    const fake = setUp();
    fake.repository.refuses = { workflowSources: new OffbeatError(code, message) };
    const learnt = await observeRun(fake.context, SEEN, nightly(0));
    expect(learnt?.run).toMatchObject({ scheduleKey: null, tick: null, durationSeconds: expect.any(Number) });
    expect([...stateOf(fake).runs]).toEqual([learnt?.run]);
    expect(Object.keys(stateOf(fake).profile.refusals)).toEqual(recorded);
  });

  it('is put off where GitHub does not have its commit yet', async () => {
    const fake = setUp();
    const late = new OffbeatError('github-not-yet', 'GitHub does not have yet what it has told of.');
    fake.repository.refuses = { workflowSources: late };
    await expect(observeRun(fake.context, SEEN, nightly(0))).rejects.toBe(late);
    expect(stateOf(fake).runs).toEqual([]);
  });

  it('is learned once, however often it is told', async () => {
    const fake = setUp();
    await observeRun(fake.context, SEEN, nightly(0));
    const before = structuredClone(stateOf(fake));
    expect(await observeRun(fake.context, SEEN, nightly(0))).toBeNull();
    await noteRun(fake.context, SEEN, begun(nightly(0)));
    expect(stateOf(fake)).toEqual(before);
  });

  it('is learned once also where it has been rolled up since', async () => {
    const fake = setUp();
    await observeRun(fake.context, SEEN, nightly(0));
    await observeRun(fake.context, SEEN, nightly(9));
    // What a store does with the first: it is no longer there one by one.
    const state = stateOf(fake);
    const [first, ...others] = state.runs;
    fake.store.states.set(SEEN.id, {
      ...state,
      runs: others,
      olderRuns: rollUp([], first === undefined ? [] : [first]),
    });
    const before = structuredClone(stateOf(fake).learned);
    expect(await observeRun(fake.context, SEEN, nightly(0))).toBeNull();
    await noteRun(fake.context, SEEN, begun(nightly(0)));
    expect(stateOf(fake).learned).toEqual(before);
    expect(stateOf(fake).runs.map(({ id }) => id)).toEqual([10]);
    // One that was never seen is learned, however late it comes.
    expect(await observeRun(fake.context, SEEN, nightly(-3, 30, { id: 400 }))).not.toBeNull();
  });

  it('teaches the same in whatever order, and however often, its events arrive', async () => {
    const run = nightly(0);
    const job = (startMinute: number, endMinute: number) => ({
      id: startMinute,
      runId: run.id,
      attempt: 1,
      createdAt: run.createdAt,
      startedAt: run.createdAt + startMinute * MINUTE_MS,
      endedAt: run.createdAt + endMinute * MINUTE_MS,
    });
    const steps = {
      requested: (fake: ReturnType<typeof fakeContext>) => noteRun(fake.context, SEEN, begun(run)),
      firstJob: (fake: ReturnType<typeof fakeContext>) => observeJob(fake.context, SEEN, job(1, 4)),
      secondJob: (fake: ReturnType<typeof fakeContext>) => observeJob(fake.context, SEEN, job(2, 9)),
    };
    const names = ['requested', 'firstJob', 'secondJob'] as const;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...names), { maxLength: 6 }), async (order) => {
        const fake = setUp();
        await steps.requested(fake);
        for (const name of [...names, ...order].toReversed()) await steps[name](fake);
        await observeRun(fake.context, SEEN, run);
        for (const name of order) await steps[name](fake);
        const { runs } = stateOf(fake);
        expect(runs).toHaveLength(1);
        expect(runs.at(0)).toMatchObject({
          endedAt: run.endedAt,
          jobsStartedAt: run.createdAt + MINUTE_MS,
          jobsEndedAt: run.createdAt + 9 * MINUTE_MS,
          queueSeconds: 120,
          durationSeconds: 480,
        });
      }),
      { numRuns: 20 },
    );
  });

  it('has its jobs learned once each, before and after its end, those of a first attempt alone', async () => {
    const fake = setUp();
    const run = nightly(0);
    const job = (id: number, name: string, over: object = {}) => ({
      id,
      runId: run.id,
      attempt: 1,
      createdAt: run.createdAt,
      startedAt: run.createdAt + MINUTE_MS,
      endedAt: run.createdAt + 9 * MINUTE_MS,
      name,
      labels: ['ubuntu-latest'],
      conclusion: 'success' as const,
      ...over,
    });
    const told = [
      job(1, 'test (18)'),
      job(2, 'lint', { conclusion: 'skipped', labels: [], startedAt: run.createdAt, endedAt: run.createdAt }),
    ];
    await noteRun(fake.context, SEEN, begun(run));
    for (const one of [...told, ...told]) await observeJob(fake.context, SEEN, one);
    await observeRun(fake.context, SEEN, run);
    await observeJob(fake.context, SEEN, job(3, 'test (20)', { endedAt: run.createdAt + 10 * MINUTE_MS }));
    await noteRun(fake.context, SEEN, begun({ ...run, attempt: 2 }));
    await observeJob(fake.context, SEEN, job(4, 'test (18)', { attempt: 2 }));
    await observeJob(fake.context, SEEN, { ...job(5, ''), name: undefined });
    const { jobs, runs } = stateOf(fake);
    expect(jobs.finished).toEqual([1, 2, 3]);
    expect(jobs.workflows[NIGHTLY]?.jobs).toMatchObject({
      'test [ubuntu-latest]': { runs: [run.id], seconds: [540], legs: [2], outcomes: 's' },
      'lint []': { outcomes: 'k', seconds: [] },
    });
    // A skipped job has no times that could be its run's.
    expect(runs.at(0)?.jobsStartedAt).toBe(run.createdAt + MINUTE_MS);
  });

  it('is learned in full where it was in progress when the App came: its end alone is told', async () => {
    const fake = setUp();
    const run = nightly(3, 50);
    // Of its beginning nothing was told; a job of it ends before it does.
    await observeJob(fake.context, SEEN, {
      id: 1,
      runId: run.id,
      attempt: 1,
      createdAt: run.createdAt,
      startedAt: run.createdAt + MINUTE_MS,
      endedAt: run.createdAt + 9 * MINUTE_MS,
    });
    expect(stateOf(fake).runs).toHaveLength(0);
    const learnt = await observeRun(fake.context, SEEN, run);
    expect(learnt).toMatchObject({ latenessMinutes: 50, actualSeconds: 600, missedTicks: 0 });
    // And where its beginning was told, but the App was away at its end until now: as any other.
    await noteRun(fake.context, SEEN, begun(nightly(4)));
    expect(stateOf(fake).learned.finished).toEqual([run.id]);
    expect((await observeRun(fake.context, SEEN, nightly(4)))?.missedTicks).toBe(0);
    expect(stateOf(fake).learned.finished).toEqual([run.id, nightly(4).id]);
  });

  it('lasts as GitHub says where no job was seen', async () => {
    const fake = setUp();
    expect((await observeRun(fake.context, SEEN, nightly(0)))?.run.durationSeconds).toBe(600);
  });

  it('of another event is kept without a tick, and GitHub is asked nothing', async () => {
    const fake = setUp();
    const learnt = await observeRun(fake.context, SEEN, nightly(0, 30, { event: 'push' }));
    expect(learnt?.run).toMatchObject({ scheduleKey: null, tick: null });
    expect(fake.written.read).toEqual([]);
  });

  it('raises the track record of the default strategy', async () => {
    const fake = setUp();
    for (let day = 0; day < 10; day += 1) await observeRun(fake.context, SEEN, nightly(day));
    const { population } = stateOf(fake);
    expect(population.runsLearned).toBeGreaterThan(0);
    expect(population.strategies[0]?.performance_history.total).toBe(population.runsLearned);
  });
});

describe('a job', () => {
  const jobOf = (run: Run, id: number, startMinute: number, endMinute: number) => ({
    id,
    runId: run.id,
    attempt: 1,
    createdAt: run.createdAt,
    startedAt: run.createdAt + startMinute * MINUTE_MS,
    endedAt: run.createdAt + endMinute * MINUTE_MS,
  });
  const push = nightly(0, 30, { event: 'push' });
  const seen = (fake: ReturnType<typeof fakeContext>) =>
    stateOf(fake).learned.background.week.reduce((sum, bins) => sum + 5 * bins, 0);

  it('of a pushed run is load, once, however often and in whatever order it is told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(1, 2, 3), { maxLength: 6 }), async (order) => {
        const fake = setUp();
        await noteRun(fake.context, SEEN, begun(push));
        for (const id of [...order, 3, 1, 2])
          await observeJob(fake.context, SEEN, jobOf(push, id, id, 10 * id));
        expect(
          stateOf(fake)
            .runs.at(0)
            ?.jobs?.map(({ id }) => id),
        ).toEqual([1, 2, 3]);
        const learnt = await observeRun(fake.context, SEEN, push);
        expect(seen(fake)).toBeCloseTo(9 + 18 + 27, 1);
        // What has ended has been learned: nothing is kept of its jobs one by one.
        expect(learnt?.run.jobs).toBeUndefined();
        await observeJob(fake.context, SEEN, jobOf(push, 4, 0, 100));
        expect(stateOf(fake).runs.at(0)?.jobs).toBeUndefined();
        expect(seen(fake)).toBeCloseTo(54, 1);
      }),
      { numRuns: 10 },
    );
  });

  it('that nobody has told of is counted by the job graph, else as one', async () => {
    const text = [
      'on:\n  push:\n  schedule:\n    - cron: "0 2 * * *"\njobs:',
      '  test:\n    runs-on: ubuntu-latest\n    strategy: { matrix: { node: [20, 22, 24] } }',
      '  lint:\n    runs-on: ubuntu-latest\n',
    ].join('\n');
    const fake = setUp([{ path: NIGHTLY, text }]);
    await observeRun(fake.context, SEEN, push);
    expect(seen(fake)).toBeCloseTo(10, 1);
    await touchWorkflows(fake.context, SEEN, 'head');
    await observeRun(fake.context, SEEN, { ...push, id: 77 });
    expect(seen(fake)).toBeCloseTo(10 + 4 * 10, 1);
  });

  it('of a run that nobody knows is left alone', async () => {
    const fake = setUp();
    await observeJob(fake.context, SEEN, {
      id: 1,
      runId: 5,
      attempt: 1,
      createdAt: 0,
      startedAt: 1,
      endedAt: 2,
    });
    expect(stateOf(fake).runs).toHaveLength(0);
  });

  it('of a second attempt does not touch the first', async () => {
    const fake = setUp();
    await observeRun(fake.context, SEEN, nightly(0));
    await observeJob(fake.context, SEEN, {
      id: 1,
      runId: 1,
      attempt: 2,
      createdAt: 0,
      startedAt: 1,
      endedAt: 2,
    });
    expect(stateOf(fake).runs.at(0)?.jobsStartedAt).toBeNull();
  });
});

describe('the crons in force', () => {
  const edited = [{ path: NIGHTLY, text: 'on:\n  schedule:\n    - cron: "0 20 * * *"\n' }];
  const EDIT = Date.UTC(2026, 4, 5, 1);

  /** The cron is `0 2` until the edit at 01:00, and `0 20` from then on. */
  async function afterEdit() {
    const fake = setUp();
    fake.clock.at = EDIT - DAY_MS;
    await touchWorkflows(fake.context, SEEN, 'before');
    fake.clock.at = EDIT;
    fake.repository.files = edited;
    await touchWorkflows(fake.context, SEEN, 'after');
    return fake;
  }

  it('are read once for a commit', async () => {
    const fake = setUp();
    for (const day of [0, 1, 2]) await observeRun(fake.context, SEEN, nightly(day));
    expect(fake.written.read).toEqual(['a'.repeat(40)]);
  });

  it('are taken to be the last ones for a commit soon after, and read anew a day later', async () => {
    const fake = setUp();
    fake.clock.at = NOW;
    await touchWorkflows(fake.context, SEEN, 'known');
    const soon = sampleRun(1, new Date(NOW + 60 * MINUTE_MS).toISOString(), { headSha: 'b' });
    fake.clock.at = NOW + 2 * 60 * MINUTE_MS;
    await observeRun(fake.context, SEEN, soon);
    expect(fake.written.read).toEqual(['known']);
    const later = sampleRun(2, new Date(NOW + 30 * 60 * MINUTE_MS).toISOString(), { headSha: 'c' });
    fake.clock.at = NOW + 31 * 60 * MINUTE_MS;
    await observeRun(fake.context, SEEN, later);
    expect(fake.written.read).toEqual(['known', 'c']);
  });

  it('are still the replaced ones for a run shortly after the edit', async () => {
    const fake = await afterEdit();
    fake.clock.at = EDIT + 3 * 60 * MINUTE_MS;
    const learnt = await observeRun(fake.context, SEEN, nightly(0, 20, { headSha: 'after' }));
    expect(learnt?.run.tick).toBe(Date.UTC(2026, 4, 5, 2));
  });

  it('are the new ones alone once the edit has settled, though other commits came since', async () => {
    const fake = await afterEdit();
    for (const day of [1, 2, 3]) {
      fake.clock.at = EDIT + day * DAY_MS;
      await touchWorkflows(fake.context, SEEN, `other-${day}`);
    }
    fake.clock.at = EDIT + 3 * DAY_MS + 3 * 60 * MINUTE_MS;
    // Created at 02:20: six hours late for 20:00, and not twenty minutes for 02:00.
    const learnt = await observeRun(fake.context, SEEN, nightly(3, 20, { headSha: 'other-3' }));
    expect(learnt?.run.tick).toBe(Date.UTC(2026, 4, 7, 20));
  });

  it('stay the newest where an older commit is read later', async () => {
    const fake = await afterEdit();
    fake.repository.files = FILES;
    fake.clock.at = EDIT + 20 * MINUTE_MS;
    const begunBefore = sampleRun(1, new Date(EDIT - 10 * MINUTE_MS).toISOString(), { headSha: 'between' });
    await observeRun(fake.context, SEEN, begunBefore);
    expect(fake.written.read.at(-1)).toBe('between');
    fake.clock.at = EDIT + 20 * 60 * MINUTE_MS;
    const evening = sampleRun(2, new Date(Date.UTC(2026, 4, 5, 20, 10)).toISOString(), { headSha: 'unread' });
    const [entry] = await schedulesInForce(fake.context, stateOf(fake), evening);
    expect(entry?.cron).toBe('0 20 * * *');
    expect(fake.written.read.at(-1)).toBe('between');
  });
});
