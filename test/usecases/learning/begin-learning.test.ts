import { describe, expect, it } from 'vitest';
import type { Run } from '../../../src/history/run.ts';
import { knownRepository, meetRepository } from '../../../src/usecases/known-repository.ts';
import { beginLearning } from '../../../src/usecases/learning/read-past-runs.ts';
import { readVersion } from '../../../src/usecases/learning/read-version.ts';
import type { ConnectedRepository } from '../../../src/usecases/ports.ts';
import { NIGHTLY, sampleRun } from '../../history/sample-run.ts';
import { fakeContext, SEEN } from '../fakes.ts';

const FILE = { path: NIGHTLY, text: "on:\n  schedule:\n    - cron: '0 2 * * *'\n" };
const RUNS = Array.from({ length: 20 }, (_, day) =>
  sampleRun(day + 1, new Date(Date.UTC(2026, 3, 10 + day, 4)).toISOString(), {
    scheduleKey: null,
    tick: null,
  }),
);

/** A repository that GitHub lists some runs of. */
async function installed(list: () => Promise<readonly Run[]>, files = [FILE]) {
  const fake = fakeContext({ files });
  const connect = fake.context.github.connect;
  const asked = { times: 0 };
  const context = {
    ...fake.context,
    github: {
      async connect(profile: Parameters<typeof connect>[0]): Promise<ConnectedRepository> {
        const connected = await connect(profile);
        const runs = () => {
          asked.times += 1;
          return list();
        };
        return { ...connected, reader: { ...connected.reader, runs } };
      },
    },
  };
  await readVersion(context, await meetRepository(context, SEEN));
  const begin = () => beginLearning(context, SEEN.id, () => context.github.connect(SEEN));
  return { begin, asked, state: () => knownRepository(context, SEEN.id) };
}

describe('a repository that was just met', () => {
  it('is learned from its past runs, once', async () => {
    const { begin, asked, state } = await installed(async () => RUNS);
    await begin();
    await begin();
    expect(asked.times).toBe(1);
    expect((await state()).runs).toHaveLength(RUNS.length);
    expect(Object.values((await state()).learned.schedules).map(({ runs }) => runs)).toEqual([RUNS.length]);
  });

  it('is tried again where its runs cannot be listed, and nothing fails', async () => {
    let refused = true;
    const { begin, asked, state } = await installed(async () => {
      if (refused) throw new Error('Not Found');
      return RUNS;
    });
    await begin();
    expect((await state()).runs).toHaveLength(0);
    refused = false;
    await begin();
    expect(asked.times).toBe(2);
    expect((await state()).runs).toHaveLength(RUNS.length);
  });

  it('is asked nothing where it has no schedules', async () => {
    const { begin, asked } = await installed(async () => RUNS, []);
    await begin();
    expect(asked.times).toBe(0);
  });
});
