import { describe, expect, it } from 'vitest';
import { knownRepository } from '../../../src/usecases/known-repository.ts';
import { observeRun } from '../../../src/usecases/learning/observe-run.ts';
import { runMaintenance } from '../../../src/usecases/maintenance/run-maintenance.ts';
import { reportView } from '../../../src/usecases/questions/report-view.ts';
import { repositoryHealth } from '../../../src/usecases/questions/repository-health.ts';
import { NIGHTLY, sampleRun } from '../../history/sample-run.ts';
import { decision } from '../../proposal/sample.ts';
import { DAY_MS, fakeContext, NOW, SEEN } from '../fakes.ts';

const FILES = [{ path: NIGHTLY, text: 'on:\n  schedule:\n    - cron: "0 2 * * *"\n' }];

it.each<[string, number, boolean, string, number]>([
  ['warns once of a public one', 50, false, 'schedule', 1],
  ['says nothing before', 49, false, 'schedule', 0],
  ['says nothing of a private one', 50, true, 'schedule', 0],
  ['says nothing where a push was seen', 50, false, 'push', 0],
])('a repository without activity: %s', async (_, days, isPrivate, event, count) => {
  const fake = fakeContext({ files: FILES, pushedAt: NOW - days * DAY_MS });
  const seen = { ...SEEN, private: isPrivate };
  await observeRun(fake.context, seen, sampleRun(1, new Date(NOW - DAY_MS).toISOString()));
  await observeRun(fake.context, seen, sampleRun(2, new Date(NOW - DAY_MS).toISOString(), { event }));
  await runMaintenance(fake.context, SEEN.id);
  await runMaintenance(fake.context, SEEN.id);
  const { audit } = await knownRepository(fake.context, SEEN.id);
  const warnings = audit.filter(({ what }) => what.includes('https://github.com/acme/site/actions'));
  expect(warnings).toHaveLength(count);
  expect([...fake.written.issues, ...fake.written.comments, ...fake.written.pulls]).toEqual([]);
});

describe('the warning of inactivity', () => {
  async function warned() {
    const fake = fakeContext({
      files: FILES,
      pushedAt: NOW - 50 * DAY_MS,
      config: 'mode: suggest\ndashboard: true\n',
    });
    await observeRun(fake.context, SEEN, sampleRun(1, new Date(NOW - DAY_MS).toISOString()));
    await fake.store.apply(SEEN.id, { decisions: [decision()] });
    await runMaintenance(fake.context, SEEN.id);
    const said = async () => [
      ...(await repositoryHealth(fake.context, SEEN.id)).problems,
      ...reportView(fake.context, await knownRepository(fake.context, SEEN.id), null).damage,
      fake.written.issues.at(-1)?.body ?? '',
    ];
    return { fake, said: async () => (await said()).filter((text) => /Nothing was pushed since/.test(text)) };
  }

  it('stands in the answers of health and report, and in the dashboard', async () => {
    const { said } = await warned();
    expect(await said()).toHaveLength(3);
  });

  it.each(['a push that GitHub tells of', 'a run that a push has started'])(
    'is over after %s',
    async (sign) => {
      const { fake, said } = await warned();
      const run = sampleRun(2, new Date(NOW - DAY_MS).toISOString(), { event: 'push' });
      if (sign.startsWith('a run')) await observeRun(fake.context, SEEN, run);
      else fake.repository.pushedAt = NOW - DAY_MS;
      await runMaintenance(fake.context, SEEN.id);
      expect(await said()).toEqual([]);
    },
  );
});
