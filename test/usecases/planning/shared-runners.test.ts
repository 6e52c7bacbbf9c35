import { describe, expect, it } from 'vitest';
import { loadsTogether } from '../../../src/plan/shared-load.ts';
import { meetRepository } from '../../../src/usecases/known-repository.ts';
import { observeRun } from '../../../src/usecases/learning/observe-run.ts';
import { leaveRepository } from '../../../src/usecases/maintenance/installation.ts';
import { planRepository } from '../../../src/usecases/planning/plan-repository.ts';
import { planWithoutGates } from '../../../src/usecases/planning/plan-without-gates.ts';
import type { Store } from '../../../src/usecases/ports.ts';
import { NIGHTLY, sampleRun } from '../../history/sample-run.ts';
import { DAY_MS, type FakeRepository, fakeContext, memoryStore, NOW, SEEN } from '../fakes.ts';

const DAYS = 30;
const RUN_MINUTES = 30;
const MINUTE_MS = 60_000;
const SHARED = 'runners: { shared: [gpu], max-jobs: { gpu: 1 } }\n';
const OPEN = 'mode: suggest\nmin-confidence: 0\n';

const TEXT =
  'name: Nightly\non:\n  schedule:\n    - cron: "0 2 * * *"\njobs:\n  a:\n    runs-on: [self-hosted, gpu]\n    steps:\n      - run: "true"\n';

/** A repository of an installation whose nightly half hour on a GPU was watched for some weeks. */
async function member(store: Store, id: number, more: Partial<typeof SEEN> & FakeRepository = {}) {
  const { installationId = SEEN.installationId, ...repository } = more;
  const seen = { ...SEEN, id, installationId, name: `repository-${id}`, private: true };
  const fake = fakeContext(
    {
      files: [
        {
          path: NIGHTLY,
          text: TEXT,
        },
      ],
      config: `${OPEN}${SHARED}`,
      ...repository,
    },
    { store },
  );
  for (let day = DAYS; day > 0; day -= 1) {
    const createdAt = Date.UTC(2026, 4, 4, 2, 10) - day * DAY_MS;
    const endedAt = createdAt + RUN_MINUTES * MINUTE_MS;
    fake.clock.at = endedAt;
    const durationSeconds = RUN_MINUTES * 60;
    await observeRun(
      fake.context,
      seen,
      sampleRun(1_000 - day, new Date(createdAt).toISOString(), { endedAt, durationSeconds }),
    );
  }
  fake.clock.at = NOW;
  const round = () => planRepository(fake.context, { repositoryId: id, trigger: 'run' });
  const state = async () => (await store.load(id)) ?? (await meetRepository(fake.context, seen));
  return { ...fake, seen, round, state };
}

/** Kind of the answer, the cron it would be at, and notes on runners. */
async function answerOf({ round }: Awaited<ReturnType<typeof member>>) {
  const result = await round();
  if (!('decision' in result)) throw new Error(result.kind);
  const [line] = result.decision.schedules;
  const notes = (result.decision.notes ?? []).filter((note) => note.includes('gpu runners'));
  return { kind: result.kind, to: line?.to ?? '', line, notes };
}

const minuteOf = (cron: string): number => {
  const [minute = '', hour = ''] = cron.split(' ');
  return Number(hour) * 60 + Number(minute);
};

describe('repositories of an installation that share runners', () => {
  it('make way for each other: the first stays, the second moves, and is then left in peace', async () => {
    const store = memoryStore();
    const [first, second] = [await member(store, 1), await member(store, 2)];
    const alone = await answerOf(first);
    expect(alone).toMatchObject({ kind: 'decided', to: '0 2 * * *' });
    expect(alone.notes).toEqual(['No jobs of other repositories are known on the gpu runners.']);
    const beside = await answerOf(second);
    expect(beside.kind).toBe('proposed');
    expect(beside.line?.today?.runnersHeld).toBeGreaterThan(0.8);
    expect(beside.line?.proposed?.runnersHeld).toBeLessThan(0.2);
    expect(beside.notes[0]).toMatch(/^Jobs of other repositories on the gpu runners were counted: 1\.0 in/);
    // The second has proposed to go: one of two is enough.
    expect(await answerOf(first)).toMatchObject({ kind: 'decided', to: '0 2 * * *' });
  });

  it('do not all jump into the same gap on one day', async () => {
    const store = memoryStore();
    const all = [await member(store, 1), await member(store, 2), await member(store, 3)];
    const minutes: number[] = [];
    for (const one of all) minutes.push(minuteOf((await answerOf(one)).to));
    for (const [at, minute] of minutes.entries()) {
      for (const other of minutes.slice(at + 1)) {
        const apart = Math.abs(minute - other);
        expect(Math.min(apart, 1_440 - apart)).toBeGreaterThanOrEqual(RUN_MINUTES - 10);
      }
    }
  });

  it('count again where they stand once what they proposed is closed', async () => {
    const store = memoryStore();
    const [first, second] = [await member(store, 1), await member(store, 2)];
    await first.round();
    await second.round();
    const { proposals } = await second.state();
    await store.apply(2, { proposals: proposals.map((one) => ({ ...one, state: 'closed' })) });
    second.repository.config = `mode: observe\n${SHARED}`;
    await second.round();
    expect(await answerOf(first)).toMatchObject({ kind: 'proposed' });
  });

  it('count where their authors have put them since, whatever was proposed', async () => {
    const store = memoryStore();
    const [first, second] = [await member(store, 1), await member(store, 2)];
    await first.round();
    await second.round();
    expect((await second.state()).proposals).toHaveLength(1);
    second.repository.files = [{ path: NIGHTLY, text: TEXT.replace('0 2 * * *', '0 6 * * *') }];
    await second.round();
    const left = (await store.sharedLoads(SEEN.installationId)).filter(
      ({ repositoryId }) => repositoryId === 2,
    );
    const { gpu = [] } = loadsTogether(left, ['gpu'], NOW);
    const hours = new Set(
      [...gpu.keys()].filter((bin) => (gpu[bin] ?? 0) > 0.1).map((bin) => Math.floor(bin / 12) % 24),
    );
    expect([...hours]).toEqual([6]);
  });

  it('tell each other a sum, and no names', async () => {
    const store = memoryStore();
    const [first, second] = [await member(store, 1), await member(store, 2)];
    await first.round();
    await second.round();
    expect(second.written.pulls).toHaveLength(1);
    const said = JSON.stringify([second.written, (await second.state()).decisions]);
    expect(said).toContain('gpu runners');
    expect(said).not.toContain('repository-1');
  });

  it('are looked at by whoever asks for a plan too', async () => {
    const store = memoryStore();
    const [first, second] = [await member(store, 1), await member(store, 2)];
    await first.round();
    const { decision } = await planWithoutGates(second.context, await second.state());
    expect(decision.schedules[0]?.outcome).toBe('move');
  });

  it.each([
    ['of another installation', { installationId: 10 }, {}],
    ['that shares no runners', { config: OPEN }, {}],
    ['whose neighbour shares none', {}, { config: OPEN }],
    ['that takes other runners', { config: `${OPEN}runners: { shared: [standard] }\n` }, {}],
  ])('know nothing of one %s', async (_, theirs, ours) => {
    const store = memoryStore();
    const [first, second] = [await member(store, 1, theirs), await member(store, 2, ours)];
    await first.round();
    expect(await answerOf(second)).toMatchObject({ kind: 'decided', to: '0 2 * * *' });
  });

  it('forget one that was left, that went elsewhere, or that shares them no more', async () => {
    const leave: ((one: Awaited<ReturnType<typeof member>>) => Promise<unknown>)[] = [
      ({ context }) => leaveRepository(context, 1),
      ({ context, seen }) => meetRepository(context, { ...seen, archived: true }),
      ({ context, seen }) => meetRepository(context, { ...seen, installationId: 10 }),
      (one) => {
        one.repository.config = OPEN;
        return one.round();
      },
    ];
    for (const go of leave) {
      const store = memoryStore();
      const [first, second] = [await member(store, 1), await member(store, 2)];
      await first.round();
      expect(await store.sharedLoads(SEEN.installationId)).toHaveLength(1);
      await go(first);
      expect(await store.sharedLoads(SEEN.installationId)).toEqual([]);
      expect(await answerOf(second)).toMatchObject({ kind: 'decided', to: '0 2 * * *' });
    }
    expect.assertions(3 * leave.length);
  });
});
