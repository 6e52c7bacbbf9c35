import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../../src/errors.ts';
import type { Conclusion } from '../../../src/history/run.ts';
import type { Proposal } from '../../../src/proposal/proposal.ts';
import type { Context } from '../../../src/usecases/context.ts';
import { meetRepository } from '../../../src/usecases/known-repository.ts';
import { observeRun } from '../../../src/usecases/learning/observe-run.ts';
import { runMaintenance } from '../../../src/usecases/maintenance/run-maintenance.ts';
import { followPullRequest } from '../../../src/usecases/proposals/follow-pull-request.ts';
import { undo } from '../../../src/usecases/proposals/undo.ts';
import { sampleRun } from '../../history/sample-run.ts';
import { observed } from '../../jobs/observed.ts';
import { askOperation } from '../../operations/ask-operation.ts';
import { proposal } from '../../proposal/sample.ts';
import { DAY_MS, type FakeRepository, fakeContext, NOW, OPEN_PULL, SEEN } from '../fakes.ts';

const PATH = '.github/workflows/ci.yml';
/** `lint` may get a timeout; that `check` waits for it is only described. */
const TEXT = `name: CI
on: push
jobs:
  lint:
    runs-on: ubuntu-latest
    steps: [{ run: npm run lint }]
  check:
    timeout-minutes: 30
    needs: lint
    runs-on: ubuntu-latest
    steps: [{ run: npm run check }]
`;
const WITH_TIMEOUT = TEXT.replace('  lint:\n', '  lint:\n    timeout-minutes: 15\n');
const SUGGEST = 'mode: suggest\n';

async function lived(repository: FakeRepository = {}, over: Partial<Context> = {}) {
  const fake = fakeContext({ files: [{ path: PATH, text: TEXT }], config: SUGGEST, ...repository }, over);
  await meetRepository(fake.context, SEEN);
  let day = 0;
  /** A run a day, of a job `lint` of five minutes and one `check` of three. */
  const live = async (days: number, lint: { seconds?: number; conclusion?: Conclusion } = {}) => {
    for (const until = day + days; day < until; day += 1) {
      const createdAt = NOW + (day - 40) * DAY_MS;
      const run = sampleRun(1_000 + day, new Date(createdAt).toISOString(), { path: PATH, event: 'push' });
      await observeRun(fake.context, SEEN, run);
      const job = (id: number, name: string, after: number, seconds: number, conclusion: Conclusion) => {
        const startedAt = createdAt + after * 1_000;
        const times = { createdAt: startedAt - 5_000, startedAt, endedAt: startedAt + seconds * 1_000 };
        return { ...observed(10 * day + id), ...times, runId: run.id, path: PATH, name, conclusion };
      };
      const { seconds = 300, conclusion = 'success' } = lint;
      const observedJobs = [job(1, 'lint', 5, seconds, conclusion), job(2, 'check', 310, 180, 'success')];
      await fake.store.apply(SEEN.id, { observedJobs });
      fake.clock.at = Math.max(NOW, createdAt + DAY_MS / 2);
    }
  };
  await live(40);
  const proposals = () => fake.store.states.get(SEEN.id)?.proposals ?? [];
  const merge = async () => {
    fake.repository.files = [{ path: PATH, text: WITH_TIMEOUT }];
    fake.repository.pull = { ...OPEN_PULL, open: false, merged: true, mergedBy: 'mona', closedAt: NOW };
    await runMaintenance(fake.context, SEEN.id);
    fake.repository.pull = OPEN_PULL;
  };
  const ask = (input: unknown) => askOperation(fake.context, 'apply', input);
  return { ...fake, live, proposals, merge, ask };
}

/** The number of the timeout among the suggestions. */
async function timeoutOf(context: Context): Promise<number> {
  const { data } = await askOperation(context, 'bottlenecks', { workflow: 'ci.yml' });
  const { workflows } = data as { workflows: { suggestions: { number: number; kind: string }[] }[] };
  return workflows[0]?.suggestions.find(({ kind }) => kind === 'timeout')?.number ?? 0;
}

describe('/apply', () => {
  it('opens one pull request that writes the key and nothing else, and gives it again', async () => {
    const { context, ask, written, proposals } = await lived();
    const number = await timeoutOf(context);
    const { data, markdown } = await ask({ number });
    expect(data).toMatchObject({ path: PATH, pull: { number: 14 }, held: [] });
    expect(markdown).toContain('#14: Give `lint` a timeout of 15 minutes.');
    expect(written.pulls).toMatchObject([
      {
        branch: 'offbeat/jobs',
        title: 'Give lint a timeout of 15 minutes',
        files: [{ path: PATH, text: WITH_TIMEOUT }],
      },
    ]);
    expect(written.pulls[0]?.body).toContain('+    timeout-minutes: 15');
    expect(written.pulls[0]?.body).toContain('mona has asked for it.');
    expect(await ask({ number, workflow: 'CI' })).toMatchObject({ data: { pull: { number: 14 } } });
    expect(written.pulls).toHaveLength(1);
    expect(proposals()).toMatchObject([
      { moves: [], jobKey: { job: 'lint', key: 'timeout-minutes', value: 15, shownAs: ['lint'] } },
    ]);
  });

  it('never writes what changes the meaning of a job, and says how to do it', async () => {
    const { context, ask, written } = await lived();
    const number = (await timeoutOf(context)) === 1 ? 2 : 1;
    const refused = {
      code: 'command-invalid',
      message: expect.stringContaining('described and never written'),
    };
    await expect(ask({ number })).rejects.toMatchObject(refused);
    await expect(ask({ number: 99 })).rejects.toMatchObject({ code: 'not-found' });
    expect(written.pulls).toEqual([]);
  });

  it('asks for the workflow where several have a suggestion of that number', async () => {
    const other = '.github/workflows/other.yml';
    const { context, ask, store } = await lived({
      files: [PATH, other].map((path) => ({ path, text: TEXT })),
    });
    const jobs = store.states.get(SEEN.id)?.jobs.workflows[PATH]?.jobs ?? {};
    expect(Object.keys(jobs)).toHaveLength(2);
    await store.apply(SEEN.id, {
      observedJobs: Array.from({ length: 40 }, (_, at) => ({
        ...observed(90_000 + at, { at: at * 86_400, worked: 300 }),
        path: other,
        name: 'lint',
      })),
    });
    const number = await timeoutOf(context);
    const { data } = await askOperation(context, 'bottlenecks', { workflow: 'other.yml' });
    expect(data).toMatchObject({ workflows: [{ suggestions: [{ number: 1 }] }] });
    if (number !== 1) return expect(await ask({ number })).toMatchObject({ data: { path: PATH } });
    await expect(ask({ number })).rejects.toMatchObject({ code: 'command-invalid' });
  });
});

describe('a gate holds a key of a job back', () => {
  const merged = (over: Partial<Proposal> = {}) =>
    proposal({
      pullNumber: 7,
      moves: [],
      jobKey: { path: PATH, job: 'check', key: 'timeout-minutes', value: 30, shownAs: ['check'] },
      state: 'merged',
      mergedAt: NOW - DAY_MS,
      ...over,
    });

  it.each<[string, string, FakeRepository, Partial<Context>, readonly Proposal[]]>([
    ['the mode', 'mode', { config: 'mode: observe\n' }, {}, []],
    ['a pause', 'mode', { config: 'mode: pause\n' }, {}, []],
    ['the emergency stop', 'mode', {}, { emergencyStop: true }, []],
    ['an invalid configuration', 'config', { config: 'mode: maybe\n' }, {}, []],
    ['a missing permission', 'permission', { writes: false }, {}, []],
    ['a rollout', 'rollout', {}, { rollout: () => false }, []],
    ['its confidence', 'confidence', { config: `${SUGGEST}min-confidence: 1\n` }, {}, []],
    ['an open proposal of times', 'open-proposal', {}, {}, [proposal({ state: 'open' })]],
    ['harm that was done', 'circuit', {}, {}, [merged({ state: 'worse', changedAt: NOW - DAY_MS })]],
    ['a change of the file', 'dwell', {}, {}, [merged()]],
  ])('%s', async (_, gate, repository, over, proposals) => {
    const { context, store, ask, written } = await lived(repository, over);
    await store.apply(SEEN.id, { proposals: [...proposals] });
    const { data, markdown } = await ask({ number: await timeoutOf(context) });
    expect(data).toMatchObject({
      pull: null,
      held: expect.arrayContaining([expect.objectContaining({ gate })]),
    });
    expect(markdown).toContain('Not proposed');
    expect(written.pulls).toEqual([]);
  });

  it('a snooze', async () => {
    const { context, store, ask } = await lived();
    const care = store.states.get(SEEN.id)?.care;
    if (care !== undefined) await store.apply(SEEN.id, { care: { ...care, snoozedUntil: NOW + DAY_MS } });
    expect(await ask({ number: await timeoutOf(context) })).toMatchObject({
      data: { held: [{ gate: 'snooze' }] },
    });
  });

  it('a branch that somebody works on, and what GitHub refuses', async () => {
    const { context, ask, repository } = await lived();
    const number = await timeoutOf(context);
    repository.refusal = new OffbeatError('branch-taken', 'Somebody has committed to `offbeat/jobs`.');
    expect(await ask({ number })).toMatchObject({ data: { held: [{ gate: 'branch' }] } });
    repository.refusal = new OffbeatError('github-refused', 'Not here.');
    expect(await ask({ number })).toMatchObject({ data: { held: [{ gate: 'github' }] } });
  });
});

describe('optimise: jobs', () => {
  const JOBS = `${SUGGEST}optimise: jobs\n`;

  it('proposes by itself, once, and only where it is written', async () => {
    const without = await lived();
    await runMaintenance(without.context, SEEN.id);
    expect(without.written.pulls).toEqual([]);
    const { context, written, repository } = await lived({ config: JOBS });
    await runMaintenance(context, SEEN.id);
    repository.pull = OPEN_PULL;
    await runMaintenance(context, SEEN.id);
    expect(written.pulls).toMatchObject([{ branch: 'offbeat/jobs' }]);
    expect(written.pulls[0]?.body).toContain('`optimise: jobs` in the configuration asks for it.');
  });

  it('does not repeat what a maintainer has closed, which a person may', async () => {
    const { context, written, repository, ask, proposals } = await lived({ config: JOBS });
    await runMaintenance(context, SEEN.id);
    repository.pull = { ...OPEN_PULL, open: false, closedAt: NOW };
    await runMaintenance(context, SEEN.id);
    expect(proposals()).toMatchObject([{ state: 'closed' }]);
    await runMaintenance(context, SEEN.id);
    expect(written.pulls).toHaveLength(1);
    await ask({ number: await timeoutOf(context) });
    expect(written.pulls).toHaveLength(2);
  });

  it('withdraws what cannot be written any more', async () => {
    const { context, written, repository, proposals } = await lived({ config: JOBS });
    await runMaintenance(context, SEEN.id);
    repository.pull = OPEN_PULL;
    repository.files = [{ path: PATH, text: WITH_TIMEOUT }];
    await runMaintenance(context, SEEN.id);
    expect(written.updated).toMatchObject([{ pull: 14, close: true }]);
    expect(proposals()).toMatchObject([{ state: 'superseded' }]);
  });

  it('makes the branch anew where the base conflicts with it', async () => {
    const { context, written, repository } = await lived({ config: JOBS });
    await runMaintenance(context, SEEN.id);
    repository.pull = { ...OPEN_PULL, conflicts: true };
    repository.files = [{ path: PATH, text: `# New.\n${TEXT}` }];
    await runMaintenance(context, SEEN.id);
    expect(written.branches).toMatchObject([
      { branch: 'offbeat/jobs', files: [{ text: `# New.\n${WITH_TIMEOUT}` }] },
    ]);
  });

  it('is left to whoever commits to its branch, unless the key stays', async () => {
    const { context, repository, proposals } = await lived({ config: JOBS });
    await runMaintenance(context, SEEN.id);
    const pull = {
      number: 14,
      url: 'https://github.com/acme/site/pull/14',
      author: 'offbeat[bot]',
      body: null,
      branch: 'offbeat/jobs',
      headSha: 'theirs',
      merged: false,
      createdAt: NOW,
      updatedAt: NOW,
    };
    repository.author = 'fmt[bot]';
    repository.parents = ['head-1'];
    repository.texts = { [PATH]: WITH_TIMEOUT };
    await followPullRequest(context, SEEN, pull, { action: 'synchronize', by: 'fmt[bot]' });
    expect(proposals()[0]).toMatchObject({ headSha: 'theirs' });
    expect(proposals()[0]).not.toHaveProperty('takenOverBy');
    repository.texts = { [PATH]: TEXT };
    repository.parents = ['theirs'];
    await followPullRequest(
      context,
      SEEN,
      { ...pull, headSha: 'more' },
      { action: 'synchronize', by: 'fmt[bot]' },
    );
    expect(proposals()[0]).toMatchObject({ takenOverBy: 'fmt[bot]' });
  });

  it('is found again by the marker of its pull request', async () => {
    const { context, store, written } = await lived({ config: JOBS });
    await runMaintenance(context, SEEN.id);
    const other = await lived({ config: JOBS });
    const pull = {
      number: 14,
      url: 'https://github.com/acme/site/pull/14',
      author: 'offbeat[bot]',
      body: written.pulls[0]?.body ?? null,
      branch: 'offbeat/jobs',
      headSha: 'head-1',
      merged: false,
      createdAt: NOW,
      updatedAt: NOW,
    };
    await followPullRequest(other.context, SEEN, pull, { action: 'edited', by: 'mona' });
    const key = store.states.get(SEEN.id)?.proposals[0]?.jobKey;
    expect(key).toBeDefined();
    expect(other.proposals()).toMatchObject([{ pullNumber: 14, state: 'open', jobKey: key }]);
  });
});

describe('a merged timeout', () => {
  it('stays where it cuts nothing off, and says so once', async () => {
    const { context, live, merge, ask, proposals, written } = await lived();
    await ask({ number: await timeoutOf(context) });
    await merge();
    await live(16);
    await runMaintenance(context, SEEN.id);
    expect(proposals()).toMatchObject([{ state: 'no-difference' }]);
    expect(written.kept).toMatchObject([{ issue: 14 }]);
    expect(written.kept[0]?.body).toContain('no run was cut off at the limit');
  });

  it('is taken back by a pull request where it cut a run off, whose merge ends it as rolled back', async () => {
    const { context, live, merge, ask, proposals, written, repository } = await lived();
    await ask({ number: await timeoutOf(context) });
    await merge();
    await live(2);
    await live(1, { seconds: 901, conclusion: 'cancelled' });
    await runMaintenance(context, SEEN.id);
    expect(proposals()).toMatchObject([{ state: 'worse' }, { state: 'open', reverts: 14, pullNumber: 13 }]);
    expect(written.pulls[1]).toMatchObject({
      branch: 'offbeat/undo-14',
      title: 'Take timeout-minutes of lint out, as before #14',
      files: [{ path: PATH, text: TEXT }],
    });
    expect(written.kept[0]?.body).toContain('**Worse.**');
    repository.files = [{ path: PATH, text: TEXT }];
    repository.pull = { ...OPEN_PULL, open: false, merged: true, mergedBy: 'mona', closedAt: NOW };
    await runMaintenance(context, SEEN.id);
    expect(proposals()).toMatchObject([{ state: 'rolled-back' }, { state: 'merged' }]);
  });

  it('is taken back on `/undo`, unless somebody has changed it', async () => {
    const { context, merge, ask, written, repository } = await lived();
    await ask({ number: await timeoutOf(context) });
    await merge();
    const wish = { pullNumber: null, by: 'mona' };
    repository.files = [{ path: PATH, text: WITH_TIMEOUT.replace(': 15', ': 25') }];
    await expect(undo(context, SEEN.id, wish)).rejects.toMatchObject({ code: 'not-found' });
    repository.files = [{ path: PATH, text: WITH_TIMEOUT }];
    expect(await undo(context, SEEN.id, wish)).toMatchObject({ reverts: 14, jobKey: { job: 'lint' } });
    expect(written.pulls[1]?.files).toEqual([{ path: PATH, text: TEXT }]);
  });
});
