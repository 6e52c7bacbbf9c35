import { describe, expect, it } from 'vitest';
import type { Run } from '../../../src/history/run.ts';
import { meetRepository } from '../../../src/usecases/known-repository.ts';
import { catchUp } from '../../../src/usecases/learning/catch-up.ts';
import { NIGHTLY, sampleRun } from '../../history/sample-run.ts';
import { DAY_MS, fakeContext, NOW, SEEN } from '../fakes.ts';

const FROM = NOW - 10 * DAY_MS;
/** A list lags: runs of the last ten minutes are looked for again. */
const LATE_MS = 10 * 60_000;
const nightly = (day: number): Run =>
  sampleRun(day + 1, new Date(FROM + day * DAY_MS + 3_600_000).toISOString());

/**
 * A repository of which GitHub lists these runs, and a step that sends at most so many requests for them. GitHub fails
 * to tell the jobs of `broken`.
 */
async function listed(runs: readonly Run[], broken?: number) {
  const fake = fakeContext({
    files: [{ path: NIGHTLY, text: "on:\n  schedule:\n    - cron: '17 4 * * *'\n" }],
  });
  await meetRepository(fake.context, SEEN);
  const { connect } = fake.context.github;
  let asked = 0;
  const context = {
    ...fake.context,
    github: {
      ...fake.context.github,
      connect: async (...given: Parameters<typeof connect>) => {
        const connected = await connect(...given);
        const reader: typeof connected.reader = {
          ...connected.reader,
          async runs({ from, to }) {
            asked += 1;
            return runs.filter(({ createdAt }) => createdAt >= from && createdAt < to);
          },
          async jobs({ id }) {
            asked += 1;
            if (id === broken) throw Object.assign(new Error('Bad gateway'), { status: 502 });
            return [];
          },
        };
        return { ...connected, reader };
      },
    },
  };
  const step = async (from: number, most: number) => {
    const before = asked;
    const read = await catchUp(context, SEEN.id, from, () => asked - before < most);
    return { ...read, asked: asked - before };
  };
  return { step, known: () => [...(fake.store.states.get(SEEN.id)?.runs ?? [])].map(({ id }) => id) };
}

describe('reading past runs', () => {
  const runs = Array.from({ length: 10 }, (_, day) => nightly(day));

  it('ends where a step may ask no more, and goes on from there next time until all are known', async () => {
    const { step, known } = await listed(runs);
    let from = FROM;
    let steps = 0;
    for (let isComplete = false; !isComplete; steps += 1) {
      const read = await step(from, 5);
      expect(read.asked).toBeLessThanOrEqual(5);
      expect(read.from).toBeGreaterThan(from);
      ({ from, isComplete } = read);
    }
    expect(steps).toBeGreaterThan(2);
    expect(known()).toEqual(runs.map(({ id }) => id));
  });

  it('learns nothing twice', async () => {
    const { step } = await listed(runs);
    expect(await step(FROM, 100)).toMatchObject({ from: NOW - LATE_MS, learned: 10, isComplete: true });
    expect(await step(FROM, 100)).toMatchObject({ learned: 0, isComplete: true });
  });

  it('begins next time at a run that has not ended, for three days', async () => {
    const open = (day: number): Run => ({ ...nightly(day), endedAt: null, conclusion: null });
    const { step } = await listed([...runs.slice(0, 5), open(5), ...runs.slice(6, 8), open(8), nightly(9)]);
    expect(await step(FROM, 100)).toMatchObject({ from: open(8).createdAt, learned: 8 });
  });

  it('leaves a run of today whose jobs GitHub fails to tell, and learns an older one without them', async () => {
    const today = sampleRun(20, new Date(NOW - 3_600_000).toISOString());
    const broken = await listed([...runs, today], today.id);
    expect(await broken.step(FROM, 100)).toMatchObject({ learned: 10, isComplete: false });
    const older = await listed(runs, 3);
    expect(await older.step(FROM, 100)).toMatchObject({ learned: 10, isComplete: true });
  });
});
