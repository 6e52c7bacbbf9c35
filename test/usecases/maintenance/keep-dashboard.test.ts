import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../../src/errors.ts';
import { meetRepository } from '../../../src/usecases/known-repository.ts';
import { runMaintenance } from '../../../src/usecases/maintenance/run-maintenance.ts';
import { NIGHTLY, sampleRun } from '../../history/sample-run.ts';
import { decision, proposal } from '../../proposal/sample.ts';
import { DAY_MS, fakeContext, NOW, SEEN } from '../fakes.ts';

const CONFIG = 'mode: suggest\ndashboard: true\n';
const KEY = `${NIGHTLY}#0`;

async function watched(config = CONFIG) {
  const fake = fakeContext({ config });
  await meetRepository(fake.context, SEEN);
  await fake.store.apply(SEEN.id, {
    decisions: [decision()],
    scheduleVersions: [
      { sha: 'a', seenAt: NOW, entries: [{ key: KEY, path: NIGHTLY, cron: '0 2 * * *', timezone: 'UTC' }] },
    ],
  });
  return { ...fake, tend: () => runMaintenance(fake.context, SEEN.id) };
}

describe('the dashboard issue', () => {
  it('is written when it was asked for, and again only when it says something else', async () => {
    const { tend, store, written, clock } = await watched();
    for (let day = 0; day < 30; day += 1) {
      await tend();
      clock.at += DAY_MS;
    }
    expect(written.issues).toHaveLength(1);
    await store.apply(SEEN.id, { proposals: [proposal({ state: 'closed' })] });
    await tend();
    await tend();
    expect(written.issues).toHaveLength(2);
    expect(written.issues[1]?.body).toContain('| #12 | closed |');
  });

  it('is tried again each day while GitHub refuses it, and the rest of maintenance goes on', async () => {
    const { tend, store, written, clock, repository } = await watched();
    repository.refuses = { issue: new OffbeatError('github-refused', 'Issues are disabled.') };
    for (let visit = 0; visit < 8; visit += 1) {
      await tend();
      expect(store.states.get(SEEN.id)?.care.tendedAt).toBe(clock.at);
      clock.at += DAY_MS / 4;
    }
    expect(written.tried.filter((name) => name === 'issue')).toHaveLength(2);
    expect(store.states.get(SEEN.id)?.profile.refusals).toEqual({
      dashboard: { at: NOW + DAY_MS, sentence: 'Issues are disabled.' },
    });
    repository.refuses = {};
    await tend();
    expect(written.issues).toHaveLength(1);
    expect(store.states.get(SEEN.id)?.profile.refusals).toEqual({});
  });

  it.each(['mode: suggest\n', 'mode: suggest\ndashboard: false\n'])(
    'is not there under %j',
    async (config) => {
      const { tend, written } = await watched(config);
      await tend();
      expect(written.issues).toEqual([]);
    },
  );

  it('names what GitHub refuses, apart from the issue itself', async () => {
    const { tend, store, written, clock } = await watched();
    const state = store.states.get(SEEN.id);
    if (state === undefined) throw new Error('The repository is gone.');
    const refusals = {
      proposal: { at: NOW, sentence: 'Repository rule violations found.' },
      dashboard: { at: NOW - DAY_MS, sentence: 'Issues are disabled.' },
    };
    await store.apply(SEEN.id, { profile: { ...state.profile, refusals } });
    await tend();
    clock.at += 1_000;
    await tend();
    expect(written.issues).toHaveLength(1);
    expect(written.issues[0]?.body).toContain('GitHub refuses proposal: Repository rule violations found.');
    expect(written.issues[0]?.body).not.toContain('Issues are disabled.');
  });

  it('names a schedule that always fails', async () => {
    const { tend, store, written } = await watched();
    await store.apply(SEEN.id, {
      runs: Array.from({ length: 5 }, (_, at) =>
        sampleRun(at, new Date(NOW - at * DAY_MS).toISOString(), {
          scheduleKey: KEY,
          conclusion: 'failure',
        }),
      ),
    });
    await tend();
    expect(written.issues[0]?.body).toMatch(/nightly\.yml.*has failed 5 times in a row/);
  });
});
