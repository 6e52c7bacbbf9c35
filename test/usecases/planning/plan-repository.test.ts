import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../../src/errors.ts';
import type { Decision } from '../../../src/plan/decision.ts';
import type { Proposal } from '../../../src/proposal/proposal.ts';
import { emptyRepository } from '../../../src/store/kept-repository.ts';
import { newProfile } from '../../../src/usecases/known-repository.ts';
import { observeRun } from '../../../src/usecases/learning/observe-run.ts';
import { followPush } from '../../../src/usecases/maintenance/follow-push.ts';
import { planRepository } from '../../../src/usecases/planning/plan-repository.ts';
import type { RepositoryProfile } from '../../../src/usecases/ports.ts';
import { NIGHTLY, sampleRun } from '../../history/sample-run.ts';
import { proposal } from '../../proposal/sample.ts';
import { DAY_MS, type FakeRepository, fakeContext, NOW, SEEN } from '../fakes.ts';

const DAYS = 30;
const LATE_MINUTES = 10;
const RUN_MS = 60 * 60_000;
const SHA = 'a'.repeat(40);

/** Two nightly hours of work that stand in each other's way, one of them pinned, and gates that let little stop it. */
const PINNED = '.github/workflows/pinned.yml';
const FILES = [
  {
    path: NIGHTLY,
    text: 'name: Nightly\r\non:\r\n  schedule:\r\n    - cron: "0 2 * * *" # quiet hours\r\njobs:\r\n  a:\r\n    runs-on: ubuntu-latest\r\n',
  },
  { path: PINNED, text: 'name: Pinned\non:\n  schedule:\n    - cron: "0 2 * * *" # offbeat: pin\n' },
];
const OPEN =
  'mode: suggest\nmin-confidence: 0\nmin-benefit: 0\nmax-shift: 12h\nrunners: { max-jobs: { standard: 1 } }\n';

const workflowsMissing = new OffbeatError(
  'permission-missing',
  'The App may not change workflow files here.',
  {
    where: 'permission `workflows`',
    fix: 'Grant it.',
  },
);

/** A repository that was watched for some weeks. */
async function watched(repository: FakeRepository = {}, over: Parameters<typeof fakeContext>[1] = {}) {
  const fake = fakeContext({ files: FILES, config: OPEN, sha: SHA, ...repository }, over);
  for (let day = DAYS; day > 0; day -= 1) {
    const tick = Date.UTC(2026, 4, 4, 2) - day * DAY_MS;
    const created = tick + LATE_MINUTES * 60_000;
    for (const [position, path] of [NIGHTLY, PINNED].entries()) {
      const run = sampleRun(1_000 - 2 * day + position, new Date(created).toISOString(), {
        path,
        actor: 'mona',
        endedAt: created + RUN_MS,
        durationSeconds: RUN_MS / 1_000,
      });
      fake.clock.at = created + RUN_MS;
      await observeRun(fake.context, SEEN, run);
    }
  }
  fake.clock.at = NOW;
  fake.written.read.length = 0;
  const state = () => fake.store.states.get(SEEN.id) ?? emptyRepository(newProfile(SEEN), NOW);
  const setProfile = (more: Partial<RepositoryProfile>) =>
    fake.store.apply(SEEN.id, { profile: { ...state().profile, ...more } });
  const tune = (trigger: Decision['trigger'] = 'run') =>
    planRepository(fake.context, { repositoryId: SEEN.id, trigger });
  return { ...fake, state, setProfile, tune };
}

const failedGates = (result: Awaited<ReturnType<typeof planRepository>>) =>
  'decision' in result ? result.decision.gates.filter(({ passed }) => !passed).map(({ gate }) => gate) : [];

describe('a round in suggest mode', () => {
  it('opens it on the branch, under the title and with the people that are configured', async () => {
    const wishes = 'pull-request: { branch: chore/offbeat, title-prefix: "chore:", labels: [ci] }\n';
    const { tune, written, state } = await watched({ config: OPEN + wishes });
    await tune();
    expect(written.pulls).toMatchObject([{ branch: 'chore/offbeat', wishes: { labels: ['ci'] } }]);
    expect(written.pulls[0]?.title).toMatch(/^chore: move /);
    expect(written.pulls[0]?.commitMessage).toMatch(/^chore: move /);
    expect(state().proposals).toMatchObject([{ branch: 'chore/offbeat' }]);
  });

  it('opens one pull request with the cron moved byte for byte, and keeps decision and proposal', async () => {
    const { tune, written, state } = await watched();
    const result = await tune();
    expect(result).toMatchObject({ kind: 'proposed', proposal: { pullNumber: 12, state: 'open' } });
    expect(written.pulls).toHaveLength(1);
    const [draft] = written.pulls;
    const to = result.kind === 'proposed' ? result.proposal.moves[0]?.to : undefined;
    expect(to).not.toBe('0 2 * * *');
    expect(draft).toMatchObject({ baseBranch: 'main', baseSha: SHA, knownHeadSha: null });
    expect(draft?.files).toEqual([{ path: NIGHTLY, text: FILES[0]?.text.replace('0 2 * * *', String(to)) }]);
    expect(draft?.body).toContain('offbeat:state');
    expect(state().decisions).toHaveLength(1);
    expect(state().proposals).toHaveLength(1);
    expect(state().profile.lastRoundAt).toBe(NOW);
  });

  it('opens no second one while the first is open', async () => {
    const { tune, written } = await watched();
    await tune();
    const again = await tune();
    expect(again.kind).toBe('decided');
    expect(failedGates(again)).toContain('open-proposal');
    expect(written.pulls).toHaveLength(1);
  });

  it('does not ask again what a maintainer has closed', async () => {
    const { tune, written, state, context } = await watched();
    await tune();
    const closed = state().proposals.map((open): Proposal => ({ ...open, state: 'closed' }));
    await context.store.apply(SEEN.id, { proposals: closed });
    expect(failedGates(await tune())).toContain('refused-before');
    expect(written.pulls).toHaveLength(1);
  });

  it('asks again what a maintainer has closed, when one asks for it', async () => {
    const { tune, written, state, context } = await watched();
    await tune();
    const closed = state().proposals.map((open): Proposal => ({ ...open, state: 'closed' }));
    await context.store.apply(SEEN.id, { proposals: closed });
    expect(await tune('command')).toMatchObject({ kind: 'proposed' });
    expect(written.pulls).toHaveLength(2);
  });

  it('leaves an open pull request as it is while the next rounds say the same', async () => {
    const { tune, written, clock } = await watched();
    await tune();
    clock.at += 2 * DAY_MS;
    expect(await tune()).toMatchObject({ kind: 'decided' });
    expect(await tune('command')).toMatchObject({ kind: 'decided' });
    expect(written.pulls).toHaveLength(1);
    expect(written.comments).toEqual([]);
  });

  it('brings an open pull request up to date when its cron was changed, and says what is different', async () => {
    const { tune, written, state, repository } = await watched();
    await tune();
    repository.files = (repository.files ?? []).map(({ path, text }) => ({
      path,
      text: text.replace('cron: "0 2 * * *" # quiet', 'cron: "1 2 * * *" # quiet'),
    }));
    expect(await tune()).toMatchObject({ kind: 'proposed' });
    expect(written.pulls).toHaveLength(2);
    expect(written.comments).toHaveLength(1);
    expect(state().proposals).toHaveLength(1);
    expect(state().audit.map(({ to }) => to)).toEqual([
      'decided',
      'proposed',
      'decided',
      'superseded',
      'proposed',
    ]);
  });
});

describe('gates', () => {
  it.each([
    ['mode', { config: OPEN.replace('suggest', 'observe') }],
    ['permission', { writes: false }],
    ['confidence', { config: OPEN.replace('min-confidence: 0', 'min-confidence: 1') }],
    ['benefit', { config: OPEN.replace('min-benefit: 0', 'min-benefit: 1') }],
    ['moves', { config: `${OPEN}workflows:\n  nightly.yml: { pin: true }\n` }],
  ])('%s holds: nothing is written, and the decision says why', async (gate, repository) => {
    const { tune, written, state } = await watched(repository);
    const result = await tune();
    expect(result.kind).toBe('decided');
    expect(failedGates(result)).toContain(gate);
    expect(written.pulls).toEqual([]);
    expect(state().decisions.at(-1)?.gates).toContainEqual(expect.objectContaining({ gate, passed: false }));
  });

  it('dwell holds for two weeks after a merge', async () => {
    const { tune, context } = await watched();
    const merged = proposal({ state: 'merged', changedAt: NOW - 13 * DAY_MS });
    await context.store.apply(SEEN.id, { proposals: [merged] });
    const result = await tune();
    const held = 'decision' in result ? result.decision.schedules.map(({ outcome }) => outcome) : [];
    expect(held).not.toContain('move');
    expect(result.kind).toBe('decided');
  });

  it('a decision that says the same as the last one is not kept again', async () => {
    const { tune, state, repository } = await watched({
      config: 'workflows:\n  nightly.yml: { pin: true }\n',
    });
    await tune();
    await tune();
    expect(state().decisions).toHaveLength(1);
    repository.config = OPEN;
    await tune();
    expect(state().decisions).toHaveLength(2);
  });
});

describe('what is left alone', () => {
  it.each([
    ['archived', { archived: true }],
    ['fork', { fork: true }],
  ])('%s repositories', async (word, facts) => {
    const { tune, setProfile, written } = await watched();
    await setProfile(facts);
    expect(await tune()).toMatchObject({ kind: 'left-alone', why: expect.stringContaining(word) });
    expect(written.read).toEqual([]);
  });

  it('paused ones, whatever the config file says', async () => {
    const { tune, setProfile, written } = await watched();
    await setProfile({ commandedMode: 'pause' });
    expect(await tune()).toMatchObject({ kind: 'left-alone' });
    expect(written).toMatchObject({ pulls: [], read: [] });
  });

  it('all of them under the emergency stop', async () => {
    const { tune, written } = await watched({}, { emergencyStop: true });
    expect(await tune()).toMatchObject({ kind: 'left-alone', why: expect.stringMatching(/stopped/) });
    expect(written).toMatchObject({ pulls: [], issues: [] });
  });

  it('those that nobody knows', async () => {
    const { context } = fakeContext();
    await expect(planRepository(context, { repositoryId: 404, trigger: 'run' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('an invalid config file', () => {
  it('stops the round and is told in an issue, with its place', async () => {
    const { tune, written, state } = await watched({ config: 'mode: loud\n' });
    expect(await tune()).toMatchObject({
      kind: 'config-invalid',
      sentence: expect.stringContaining('.github/offbeat.yml:1:7'),
    });
    expect(written.issues).toHaveLength(1);
    expect(written.issues[0]?.body).toContain('.github/offbeat.yml:1:7');
    expect(written.pulls).toEqual([]);
    expect(state().decisions).toEqual([]);
  });

  it('does not keep runs from being learned', async () => {
    const { state } = await watched({ config: 'mode: loud\n' });
    expect(state().runs).toHaveLength(2 * DAYS);
  });
});

describe('a missing permission', () => {
  it('is told once, holds from then on, and is written into the decision', async () => {
    const { tune, written, state } = await watched({ refusal: workflowsMissing });
    for (let round = 0; round < 3; round += 1) {
      const result = await tune();
      expect(result.kind).toBe('decided');
      expect(failedGates(result)).toEqual(['permission']);
    }
    expect(written.issues).toHaveLength(1);
    expect(written.issues[0]?.body).toContain('Workflows: read and write');
    expect(state().proposals).toEqual([]);
    for (const { gates } of state().decisions) {
      expect(gates).toContainEqual(expect.objectContaining({ gate: 'permission', passed: false }));
    }
    expect(state().profile.noticesGiven).toHaveLength(1);
  });
});

describe('a refusal of GitHub', () => {
  const rules = new OffbeatError('github-refused', 'Repository rule violations found.');
  const attempts = (written: { readonly tried: readonly string[] }) =>
    written.tried.filter((name) => name === 'openPull').length;

  it('is a gate of the decision with its sentence, recorded once, and tried again after a day', async () => {
    const { tune, state, written, clock, repository } = await watched({ refuses: { openPull: rules } });
    for (let round = 0; round < 3; round += 1) {
      const result = await tune();
      expect(result.kind).toBe('decided');
      expect(failedGates(result)).toEqual(['github']);
      clock.at += 1_000;
    }
    expect(attempts(written)).toBe(1);
    expect(state().decisions).toHaveLength(1);
    expect(state().decisions[0]?.gates).toContainEqual({
      gate: 'github',
      passed: false,
      detail: 'Repository rule violations found.',
    });
    expect(state().profile.refusals).toEqual({ proposal: { at: NOW, sentence: rules.sentence } });
    expect(state().profile.lastRoundAt).not.toBeNull();
    repository.refuses = {};
    clock.at = NOW + DAY_MS;
    expect(await tune()).toMatchObject({ kind: 'proposed' });
    expect(state().profile.refusals).toEqual({});
  });

  it('is no obstacle where somebody asks, or a push changes the configuration', async () => {
    const { tune, state, written, context } = await watched({ refuses: { openPull: rules } });
    await tune();
    expect(failedGates(await tune('command'))).toEqual(['github']);
    expect(attempts(written)).toBe(2);
    const push = { headSha: SHA, before: 'b', paths: ['.github/offbeat.yml'] };
    await followPush(context, SEEN, push);
    expect(attempts(written)).toBe(3);
    await followPush(context, SEEN, { ...push, paths: ['README.md'] });
    expect(attempts(written)).toBe(3);
    expect(state().profile.refusals).toMatchObject({ proposal: { sentence: rules.sentence } });
  });

  it.each([
    ['GitHub compares its commits and the config has changed', ['.github/offbeat.yml'], 3],
    ['GitHub cannot compare its commits', undefined, 3],
    ['GitHub compares its commits and nothing that matters has changed', ['README.md'], 2],
  ])('is followed after a push whose commits are not listed where %s', async (_, changedPaths, rounds) => {
    const { tune, written, context, repository } = await watched({ refuses: { openPull: rules } });
    await tune();
    await tune('command');
    if (changedPaths !== undefined) repository.changedPaths = changedPaths;
    await followPush(context, SEEN, { headSha: SHA, before: 'b', paths: null });
    expect(attempts(written)).toBe(rounds);
  });

  it('meets a repository of whose installation nobody was told', async () => {
    const { context } = fakeContext({ files: FILES, config: OPEN });
    await followPush(context, SEEN, { headSha: SHA, before: 'b', paths: ['.github/offbeat.yml'] });
    expect(await context.store.load(SEEN.id)).toMatchObject({ profile: { id: SEEN.id } });
  });

  it('for want of a permission is met for a day, and success takes its notice back', async () => {
    const { tune, state, clock, repository } = await watched({ refuses: { openPull: workflowsMissing } });
    expect(failedGates(await tune())).toEqual(['permission']);
    expect(state().profile.noticesGiven).toHaveLength(1);
    repository.refuses = {};
    clock.at = NOW + 1_000;
    expect(failedGates(await tune())).toEqual(['permission']);
    clock.at = NOW + DAY_MS;
    expect(await tune()).toMatchObject({ kind: 'proposed' });
    expect(state().profile.noticesGiven).toEqual([]);
  });

  it('of the notice for a missing permission leaves the decision recorded, and the notice for another day', async () => {
    const disabled = new OffbeatError('github-refused', 'Issues are disabled.');
    const { tune, state, written, clock, repository } = await watched({
      refuses: { openPull: workflowsMissing, issue: disabled },
    });
    expect(failedGates(await tune())).toEqual(['permission']);
    expect(state().profile).toMatchObject({
      noticesGiven: [],
      refusals: { notice: { sentence: 'Issues are disabled.' }, proposal: {} },
    });
    repository.refuses = { openPull: workflowsMissing };
    clock.at += DAY_MS;
    await tune();
    expect(written.issues).toHaveLength(1);
  });

  it('of the comment on a revision leaves the revised pull request as it is', async () => {
    const locked = new OffbeatError('github-refused', 'Unable to create comment because issue is locked.');
    const { tune, state, repository } = await watched({ refuses: { comment: locked } });
    await tune();
    repository.files = FILES.map(({ path, text }) => ({
      path,
      text: text.replace('cron: "0 2 * * *" # quiet', 'cron: "1 2 * * *" # quiet'),
    }));
    expect(await tune()).toMatchObject({ kind: 'proposed' });
    expect(state().proposals).toMatchObject([{ state: 'open', moves: [{ from: '1 2 * * *' }] }]);
    expect(state().profile.refusals).toEqual({ 'revision #12': { at: NOW, sentence: locked.sentence } });
  });

  it('to close the pull request keeps it open, and says so in the decision', async () => {
    const open = {
      open: true,
      merged: false,
      mergedBy: null,
      closedAt: null,
      headSha: 'head-1',
      baseBranch: 'main',
      conflicts: false,
      body: '',
    };
    const { tune, state, repository } = await watched({ pull: open, refuses: { updatePull: rules } });
    await tune();
    repository.config = `${OPEN}workflows:\n  nightly.yml: { pin: true }\n`;
    const result = await tune();
    expect(failedGates(result)).toContain('github');
    expect(state().proposals).toMatchObject([{ state: 'open' }]);
    expect(state().profile.refusals).toMatchObject({ 'withdrawal #12': { sentence: rules.sentence } });
    repository.refuses = {};
    expect(failedGates(await tune('command'))).not.toContain('github');
    expect(state().proposals).toMatchObject([{ state: 'superseded' }]);
  });

  it('of the issue for an invalid configuration ends the round like any other', async () => {
    const disabled = new OffbeatError('github-refused', 'Issues are disabled.');
    const { tune, state } = await watched({ config: 'mode: loud\n', refuses: { issue: disabled } });
    expect(await tune()).toMatchObject({ kind: 'config-invalid' });
    expect(state().profile).toMatchObject({ lastRoundAt: NOW, refusals: { notice: {} } });
  });

  it('for the sake of somebody’s commit ends the round without a fault', async () => {
    const refusal = new OffbeatError('branch-taken', 'Somebody else has committed to the branch.');
    const { tune, state, written } = await watched({ refusal });
    const result = await tune();
    expect(result.kind).toBe('decided');
    expect(failedGates(result)).toEqual(['branch']);
    expect(state().profile.lastRoundAt).toBe(NOW);
    expect(written.issues).toEqual([]);
  });

  it('of another kind is a fault, and the round is tried again', async () => {
    const { tune, state } = await watched({ refusal: new Error('502') });
    await expect(tune()).rejects.toThrow('502');
    expect(state().profile.lastRoundAt).toBeNull();
    expect(state().decisions).toEqual([]);
  });
});
