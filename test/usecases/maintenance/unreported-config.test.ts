import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../../src/errors.ts';
import { meetRepository } from '../../../src/usecases/known-repository.ts';
import { runMaintenance } from '../../../src/usecases/maintenance/run-maintenance.ts';
import { planRepository } from '../../../src/usecases/planning/plan-repository.ts';
import { DAY_MS, fakeContext, SEEN } from '../fakes.ts';

const QUARTER_MS = DAY_MS / 4;
const BROKEN = 'mode: loud\n';

async function watched(over: Parameters<typeof fakeContext>[1] = {}) {
  const fake = fakeContext({ config: BROKEN }, over);
  await meetRepository(fake.context, SEEN);
  return {
    ...fake,
    async tend(times = 1) {
      for (let time = 0; time < times; time += 1) {
        await runMaintenance(fake.context, SEEN.id);
        fake.clock.at += QUARTER_MS;
      }
    },
  };
}

describe('an invalid configuration whose push was missed', () => {
  it('is told once by maintenance, also where somebody closes the issue', async () => {
    const { tend, written } = await watched();
    await tend(20);
    expect(written.issues).toMatchObject([{ title: 'Offbeat cannot read its configuration' }]);
    expect(written.issues[0]?.body).toContain('.github/offbeat.yml:1:7');
  });

  it('is told again where something else is wrong, and where it is broken again', async () => {
    const { tend, written, repository } = await watched();
    for (const config of [BROKEN, 'colour: red\n', '', 'colour: red\n']) {
      repository.config = config;
      await tend(2);
    }
    expect(written.issues).toHaveLength(3);
  });

  it('is not told by maintenance after a planning round has told it', async () => {
    const { context, tend, written } = await watched();
    await planRepository(context, { repositoryId: SEEN.id, trigger: 'push' });
    await tend(2);
    expect(written.issues).toHaveLength(1);
  });

  it('is told a day later where GitHub has refused the issue', async () => {
    const { tend, written, repository, store } = await watched();
    repository.refuses = { issue: new OffbeatError('github-refused', 'Issues are disabled.') };
    await tend(2);
    expect(store.states.get(SEEN.id)?.profile.refusals).toMatchObject({
      notice: { sentence: 'Issues are disabled.' },
    });
    repository.refuses = {};
    await tend(2);
    expect(written.issues).toEqual([]);
    await tend();
    expect(written.issues).toHaveLength(1);
  });

  it('is not told while everything is stopped', async () => {
    const { tend, written } = await watched({ emergencyStop: true });
    await tend(2);
    expect(written.issues).toEqual([]);
  });
});
