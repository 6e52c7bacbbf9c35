import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { OffbeatError } from '../../../src/errors.ts';
import { meetRepository } from '../../../src/usecases/known-repository.ts';
import { runMaintenance } from '../../../src/usecases/maintenance/run-maintenance.ts';
import type { RepositoryProfile } from '../../../src/usecases/ports.ts';
import { decision, schedule } from '../../proposal/sample.ts';
import { DAY_MS, type FakeRepository, fakeContext, SEEN } from '../fakes.ts';

const HELD_BY_MODE = { gate: 'mode', passed: false, detail: 'The mode is `observe`.' };
const FOUND = { ...decision(), gates: [HELD_BY_MODE] };
const missing = new OffbeatError('permission-missing', 'The App may not write this here.');

async function tended(
  repository: FakeRepository,
  known = FOUND,
  profile: Partial<RepositoryProfile> = {},
  over: Parameters<typeof fakeContext>[1] = {},
) {
  const fake = fakeContext(repository, over);
  const state = await meetRepository(fake.context, SEEN);
  await fake.store.apply(SEEN.id, { decisions: [known], profile: { ...state.profile, ...profile } });
  await runMaintenance(fake.context, SEEN.id);
  await runMaintenance(fake.context, SEEN.id);
  return fake;
}

describe('the offer to begin', () => {
  it('is made once, as a pull request that adds a valid configuration and shows what was found', async () => {
    const { written, store } = await tended({});
    expect(written.pulls).toHaveLength(1);
    const [draft] = written.pulls;
    expect(draft?.files.map(({ path }) => path)).toEqual(['.github/offbeat.yml']);
    expect(parseConfig(draft?.files[0]?.text ?? 'x: y').mode).toBe('observe');
    expect(draft?.body).toContain('17 21 \\* \\* \\*'.replaceAll('\\', ''));
    expect(written.issues).toEqual([]);
    expect(store.states.get(SEEN.id)?.proposals).toEqual([]);
  });

  it('is an issue where the App may not write files, and nothing where it may write nothing', async () => {
    const { written } = await tended({ refusal: missing });
    expect(written.pulls).toEqual([]);
    expect(written.issues).toHaveLength(1);
    expect((await tended({ writes: false })).written.issues).toEqual([]);
  });

  it('is made on another day where GitHub refuses it, and the dashboard is written all the same', async () => {
    const rules = new OffbeatError('github-refused', 'Repository rule violations found.');
    const { context, clock, written, store, repository } = await tended({
      config: 'dashboard: true\n',
      refuses: { openPull: rules },
    });
    expect(written.tried.filter((name) => name === 'openPull')).toHaveLength(1);
    expect(written.issues.map(({ title }) => title)).toEqual(['Offbeat dashboard']);
    expect(store.states.get(SEEN.id)?.profile).toMatchObject({
      noticesGiven: [],
      refusals: { onboarding: { sentence: rules.sentence } },
    });
    repository.refuses = {};
    clock.at += DAY_MS;
    await runMaintenance(context, SEEN.id);
    expect(written.pulls).toHaveLength(1);
    expect(store.states.get(SEEN.id)?.profile).toMatchObject({ noticesGiven: ['onboarding'], refusals: {} });
  });

  it('is put off where GitHub takes no requests', async () => {
    const busy = new OffbeatError('github-busy', 'GitHub asks this installation to wait.', {
      retryAfterMs: 1,
    });
    await expect(tended({ refuses: { openPull: busy } })).rejects.toBe(busy);
  });

  it.each([
    ['nothing was found', {}, { ...FOUND, schedules: [schedule({ outcome: 'keep' })] }, {}],
    ['there are no schedules', {}, { ...FOUND, schedules: [] }, {}],
    [
      'the confidence is low',
      {},
      { ...FOUND, gates: [HELD_BY_MODE, { ...HELD_BY_MODE, gate: 'confidence' }] },
      {},
    ],
    ['there is a configuration', { texts: { '.github/offbeat.yml': '' } }, FOUND, {}],
    ['the organisation has said a mode', { config: 'mode: observe\n' }, FOUND, {}],
    ['somebody has given a command', {}, FOUND, { commandedMode: 'observe' as const }],
    ['the repository is archived', {}, FOUND, { archived: true }],
  ])('is not made where %s', async (_, repository, known, profile) => {
    const { written } = await tended(repository, known, profile);
    expect([written.pulls, written.issues]).toEqual([[], []]);
  });

  it('is not made while the operator has stopped all writing', async () => {
    const { written } = await tended({}, FOUND, {}, { emergencyStop: true });
    expect([written.pulls, written.issues]).toEqual([[], []]);
  });
});
