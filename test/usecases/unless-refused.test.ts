import { beforeEach, describe, expect, it } from 'vitest';
import { OffbeatError } from '../../src/errors.ts';
import { meetRepository } from '../../src/usecases/known-repository.ts';
import { acceptPermissions, resumeInstallation } from '../../src/usecases/maintenance/installation.ts';
import { retryRefused, unlessRefused } from '../../src/usecases/unless-refused.ts';
import { DAY_MS, fakeContext, NOW, SEEN } from './fakes.ts';

const RULES = new OffbeatError('github-refused', 'Repository rule violations found.', {
  where: 'pull request from offbeat/schedules',
});
const SENTENCE = 'pull request from offbeat/schedules: Repository rule violations found.';

let fake: ReturnType<typeof fakeContext>;
let tries: number;
let failure: Error | null;

beforeEach(async () => {
  fake = fakeContext();
  tries = 0;
  failure = RULES;
  await meetRepository(fake.context, SEEN);
});

async function work(): Promise<string> {
  tries += 1;
  if (failure !== null) throw failure;
  return 'done';
}

const attempt = (options?: { asked: boolean }) =>
  unlessRefused(fake.context, SEEN.id, 'proposal', work, options);
const refusals = () => fake.store.states.get(SEEN.id)?.profile.refusals;

describe('a piece of work that GitHub refuses', () => {
  it.each([RULES, new OffbeatError('permission-missing', 'The App may not write this here.')])(
    'ends, and its refusal is kept with its sentence: %s',
    async (error) => {
      failure = error;
      expect(await attempt()).toEqual({ kind: 'refused', sentence: error.sentence, error });
      expect(refusals()).toEqual({ proposal: { at: NOW, sentence: error.sentence } });
    },
  );

  it('is not tried again for a day, and then every day', async () => {
    for (let hour = 0; hour < 72; hour += 1) {
      const { kind } = await attempt();
      expect(kind).toBe('refused');
      fake.clock.at += DAY_MS / 24;
    }
    expect(tries).toBe(3);
    expect(refusals()).toEqual({ proposal: { at: NOW + 2 * DAY_MS, sentence: SENTENCE } });
  });

  it('is tried at once where somebody asks for it', async () => {
    await attempt();
    await attempt({ asked: true });
    expect(tries).toBe(2);
  });

  it.each([
    ['something has changed', () => retryRefused(fake.context, SEEN.id)],
    ['a suspension ends', () => resumeInstallation(fake.context, SEEN.installationId)],
    ['new permissions are accepted', () => acceptPermissions(fake.context, SEEN.installationId)],
  ])('is tried again where %s, and stays recorded until it succeeds', async (_, change) => {
    await attempt();
    await change();
    expect(refusals()).toMatchObject({ proposal: { sentence: SENTENCE } });
    failure = null;
    expect(await attempt()).toEqual({ kind: 'done', value: 'done' });
    expect(refusals()).toEqual({});
  });

  it('leaves other pieces alone', async () => {
    await attempt();
    const other = await unlessRefused(fake.context, SEEN.id, 'dashboard', async () => 'written');
    expect(other).toEqual({ kind: 'done', value: 'written' });
    expect(Object.keys(refusals() ?? {})).toEqual(['proposal']);
  });

  it('is only logged where the repository is not known', async () => {
    const { kind } = await unlessRefused(fake.context, 404, 'repository', work);
    expect(kind).toBe('refused');
    expect(fake.store.states.has(404)).toBe(false);
  });
});

describe('any other failure', () => {
  it.each([
    new Error('502'),
    new OffbeatError('github-busy', 'GitHub asks this installation to wait.', { retryAfterMs: 1 }),
    new OffbeatError('github-not-yet', 'GitHub does not have yet what it has told of.', { retryAfterMs: 1 }),
    new OffbeatError('branch-taken', 'Somebody else has committed to the branch of the proposals.'),
  ])('is thrown, and nothing is recorded: %s', async (error) => {
    failure = error;
    await expect(attempt()).rejects.toBe(error);
    expect(refusals()).toEqual({});
  });
});
