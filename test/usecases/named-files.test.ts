import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../src/errors.ts';
import { meetRepository } from '../../src/usecases/known-repository.ts';
import { withFilesRun, withNamedFiles } from '../../src/usecases/named-files.ts';
import { fakeContext, NOW, SEEN } from './fakes.ts';

const WORKFLOW = {
  path: '.github/workflows/a.yml',
  text: 'on:\n  schedule:\n    - cron: "0 3 * * *"\njobs:\n  a:\n    steps:\n      - uses: ./act\n',
};
const ACTION = 'runs:\n  using: composite\n  steps:\n    - run: ./ci/one.sh\n    - run: ./ci/two.sh\n';

const COMMIT = { sha: 'c1', files: [WORKFLOW] };

function repositoryOf(texts: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  return {
    asked,
    async fileText(path: string, ref?: string) {
      asked.push(`${path}@${ref}`);
      if (path === 'ci/two.sh') throw new OffbeatError('github-refused', 'Not for you.');
      return texts[path] ?? null;
    },
  };
}

describe('withNamedFiles', () => {
  it('adds the actions and scripts that are run, at the same commit, and asks for each once', async () => {
    const reader = repositoryOf({ 'act/action.yaml': ACTION, 'ci/one.sh': 'true', 'ci/other.sh': 'true' });
    const files = await withNamedFiles(reader, COMMIT);
    expect(files.map(({ path }) => path)).toEqual([WORKFLOW.path, 'act/action.yaml', 'ci/one.sh']);
    expect(reader.asked).toEqual(['act/action.yml@c1', 'act/action.yaml@c1', 'ci/one.sh@c1', 'ci/two.sh@c1']);
  });

  it('asks for nothing where workflows with schedules run nothing of the repository', async () => {
    const reader = repositoryOf({});
    const plain = { ...WORKFLOW, text: WORKFLOW.text.replace('./act', 'actions/checkout@v5') };
    const called = { path: '.github/workflows/b.yml', text: WORKFLOW.text.replace('schedule:', 'push:') };
    expect(await withNamedFiles(reader, { sha: 'c1', files: [plain, called] })).toEqual([plain, called]);
    expect(reader.asked).toEqual([]);
  });

  it('stops after forty files', async () => {
    const reader = repositoryOf({});
    const names = Array.from({ length: 60 }, (_, at) => `./ci/s${at}.sh`).join(' ');
    const text = WORKFLOW.text.replace('uses: ./act', `run: ${names}`);
    await withNamedFiles(reader, { sha: 'c1', files: [{ ...WORKFLOW, text }] });
    expect(reader.asked).toHaveLength(40);
  });
});

describe('what GitHub refuses to show of the files that workflows run', () => {
  it('is kept with the repository, until all of them can be read', async () => {
    const { context, store } = fakeContext();
    await meetRepository(context, SEEN);
    const read = (text: string) =>
      withFilesRun(context, SEEN.id, repositoryOf({ 'act/action.yml': text }), COMMIT);
    const refusals = () => store.states.get(SEEN.id)?.profile.refusals;
    expect((await read(ACTION)).map(({ path }) => path)).toEqual([WORKFLOW.path, 'act/action.yml']);
    expect(refusals()).toEqual({ 'files that workflows run': { at: NOW, sentence: 'Not for you.' } });
    await read('runs:\n  using: composite\n  steps: []\n');
    expect(refusals()).toEqual({});
  });

  it('fails the reading where GitHub does: it is tried again', async () => {
    const { context } = fakeContext();
    const reader = { fileText: () => Promise.reject(new Error('502')) };
    await expect(withFilesRun(context, SEEN.id, reader, COMMIT)).rejects.toThrow('502');
  });
});
