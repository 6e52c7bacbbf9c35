import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../../src/errors.ts';
import { checkConfig } from '../../../src/usecases/proposals/check-config.ts';
import { NIGHTLY } from '../../history/sample-run.ts';
import { type FakeRepository, fakeContext, SEEN } from '../fakes.ts';

const PATH = '.github/offbeat.yml';
const PULL = { number: 7, headSha: 'head' };
const NO_CHECKS = new OffbeatError('permission-missing', 'The App may not write this here.');

async function checked(repository: FakeRepository) {
  const fake = fakeContext(repository);
  await checkConfig(fake.context, SEEN, PULL);
  return fake;
}

describe('a pull request that edits the configuration', () => {
  it('gets a check that passes', async () => {
    const { written } = await checked({ texts: { [PATH]: 'mode: suggest\n' } });
    expect(written.checks).toMatchObject([{ sha: 'head', passed: true, annotations: [] }]);
    expect(written.kept).toEqual([]);
  });

  it('gets a note at each line that is wrong', async () => {
    const { written } = await checked({ texts: { [PATH]: 'mode: sugest\nmin-confidence: 7\n' } });
    expect(written.checks[0]).toMatchObject({ passed: false });
    expect(written.checks[0]?.annotations.map(({ path, line }) => [path, line])).toEqual([
      [PATH, 1],
      [PATH, 2],
    ]);
  });

  it('is told of rules that name no workflow', async () => {
    const { written } = await checked({
      files: [{ path: NIGHTLY, text: '' }],
      texts: { [PATH]: 'workflows:\n  nightli.yml: { pin: true }\n' },
    });
    expect(written.checks[0]).toMatchObject({ passed: true });
    expect(written.checks[0]?.summary).toContain('nightli.yml');
  });

  it('fails with a file that is not read, and names the one that is', async () => {
    const misnamed = '.github/offbeat.yaml';
    const { written } = await checked({ texts: { [misnamed]: 'mode: suggest\n' } });
    expect(written.checks).toMatchObject([
      {
        passed: false,
        title: '1\u00a0problem in the configuration',
        annotations: [{ path: misnamed, line: 1 }],
      },
    ]);
    expect(written.checks[0]?.annotations[0]?.message).toContain('.github/offbeat.yml');
    expect(written.checks[0]?.summary).not.toContain('nothing is proposed');
    const both = await checked({ texts: { [misnamed]: '', [PATH]: 'mode: sugest\n' } });
    expect(both.written.checks[0]?.annotations.map(({ path }) => path)).toEqual([PATH, misnamed]);
    expect(both.written.checks[0]?.summary).toContain('nothing is proposed');
  });

  it('gets one comment where no check may be written, brought up to date as the file changes', async () => {
    const fake = fakeContext({ texts: { [PATH]: 'mode: sugest\n' }, checkRefusal: NO_CHECKS });
    const look = () => checkConfig(fake.context, SEEN, PULL);
    await look();
    await look();
    expect(fake.written.kept).toHaveLength(1);
    expect(fake.written.kept[0]?.body).toContain('line 1');
    fake.repository.texts = { [PATH]: 'mode: suggest\n' };
    await look();
    await look();
    expect(fake.written.kept).toHaveLength(2);
    expect(fake.written.kept[1]?.body).toContain('valid');
  });

  it('is checked at its next commit where GitHub has refused the check of this one', async () => {
    const gone = new OffbeatError('github-refused', 'No commit found for SHA: head.');
    const fake = fakeContext({ texts: { [PATH]: 'mode: suggest\n' }, refuses: { check: gone } });
    const refusals = () => fake.store.states.get(SEEN.id)?.profile.refusals;
    await checkConfig(fake.context, SEEN, PULL);
    expect(refusals()).toMatchObject({ 'config check #7': { sentence: gone.sentence } });
    fake.repository.refuses = {};
    await checkConfig(fake.context, SEEN, { ...PULL, headSha: 'next' });
    expect(fake.written.checks).toMatchObject([{ sha: 'next' }]);
    expect(refusals()).toEqual({});
  });

  it.each([
    [
      'it is valid and no check may be written',
      { texts: { [PATH]: 'mode: suggest\n' }, checkRefusal: NO_CHECKS },
    ],
    ['it touches other files', { texts: { 'README.md': '' } }],
    ['the App may only read', { texts: { [PATH]: 'mode: sugest\n' }, writes: false }],
  ])('hears nothing where %s', async (_, repository) => {
    const { written } = await checked(repository);
    expect([written.checks, written.kept, written.issues]).toEqual([[], [], []]);
  });
});
