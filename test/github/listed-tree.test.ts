import { Octokit } from '@octokit/rest';
import nock from 'nock';
import { afterEach, expect, it } from 'vitest';
import { createAbsenceByTree } from '../../src/github/listed-tree.ts';

afterEach(() => nock.cleanAll());

const TREE = [
  { path: 'scripts', mode: '040000', type: 'tree' },
  { path: 'scripts/backup.sh', mode: '100755', type: 'blob' },
  { path: 'linked', mode: '120000', type: 'blob' },
  { path: 'other', mode: '160000', type: 'commit' },
];

it.each([
  ['a file', 'scripts/backup.sh', false, false],
  ['a link', 'linked', false, false],
  ['what is not there', 'package.json', false, true],
  ['what is not there in a folder', 'scripts/restore.sh', false, true],
  ['what may lie behind a link', 'linked/run.sh', false, false],
  ['what may lie in another repository', 'other/run.sh', false, false],
  ['what may lie in the part of a tree that was cut', 'package.json', true, false],
])('says of %s whether it is absent', async (_, path, truncated, absent) => {
  nock('https://api.github.com')
    .get('/repos/acme/site/git/trees/abc?recursive=1')
    .reply(200, { sha: 'abc', truncated, tree: TREE });
  const isAbsent = createAbsenceByTree(new Octokit(), { owner: 'acme', repo: 'site' });
  expect(await isAbsent(path, 'abc')).toBe(absent);
});
