import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlobCache } from '../../src/github/blobs.ts';
import { createReader } from '../../src/github/reader.ts';
import { API, client, NAME } from './client.ts';

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  // Whatever a test has promised must have been asked for.
  const pending = nock.pendingMocks();
  nock.cleanAll();
  nock.enableNetConnect();
  expect(pending).toEqual([]);
});

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
const entry = (path: string, sha: string, type = 'file') => ({
  type,
  path,
  name: path.split('/').at(-1),
  sha,
});

function commit(ref: string, sha: string): void {
  nock(API).get(`/repos/acme/site/commits/${ref}`).reply(200, { sha });
}

function listing(sha: string, entries: readonly object[]): void {
  nock(API).get('/repos/acme/site/contents/.github%2Fworkflows').query({ ref: sha }).reply(200, entries);
}

function noListing(sha: string): void {
  nock(API).get('/repos/acme/site/contents/.github%2Fworkflows').query({ ref: sha }).reply(404, {});
}

function tree(ref: string, paths: readonly string[], headers: Record<string, string> = {}): void {
  nock(API)
    .get(`/repos/acme/site/git/trees/${ref}`)
    .query({ recursive: '1' })
    .reply(200, { tree: paths.map((path) => ({ path, type: 'blob' })) }, headers);
}

function noCommit(ref: string, status = 404, message = 'Not Found'): void {
  nock(API).get(`/repos/acme/site/commits/${ref}`).reply(status, { message });
}

function repository(status = 200): void {
  nock(API).get('/repos/acme/site').reply(status, { default_branch: 'main', message: 'Not Found' });
}

/** Head of the default branch; `null` where it has none. */
function branch(sha: string | null): void {
  const asked = nock(API).get('/repos/acme/site/branches/main');
  if (sha === null) asked.reply(404, { message: 'Branch not found' });
  else asked.reply(200, { commit: { sha } });
}

const NIGHTLY = '.github/workflows/nightly.yml';
const NOT_YET = { code: 'github-not-yet', retryAfterMs: 5_000 };

function blob(sha: string, text: string): void {
  nock(API)
    .get(`/repos/acme/site/git/blobs/${sha}`)
    .reply(200, { sha, content: base64(text), encoding: 'base64' });
}

describe('workflow files', () => {
  it('are those of one commit, byte for byte', async () => {
    const text = 'name: Übersicht\r\non:\r\n  schedule:\r\n    - cron: "0 2 * * *"\r\n';
    commit('HEAD', 'c1');
    listing('c1', [entry('.github/workflows/nightly.yml', 'b1')]);
    blob('b1', text);
    expect(await createReader(client(), NAME).workflowSources()).toEqual({
      sha: 'c1',
      files: [{ path: '.github/workflows/nightly.yml', text }],
    });
  });

  it('are read at a ref where one is named', async () => {
    commit('c7', 'c7');
    listing('c7', []);
    tree('c7', []);
    expect(await createReader(client(), NAME).workflowSources('c7')).toEqual({ sha: 'c7', files: [] });
  });

  it('are no links, folders, submodules, or files that GitHub does not run', async () => {
    commit('HEAD', 'c1');
    listing('c1', [
      entry('.github/workflows/link.yml', 'b1', 'symlink'),
      entry('.github/workflows/folder.yml', 'b2', 'dir'),
      entry('.github/workflows/module.yml', 'b3', 'submodule'),
      entry('.github/workflows/README.md', 'b4'),
      entry('.github/workflows/deeper/nightly.yml', 'b5'),
      entry('.github/workflows/kept.yaml', 'b6'),
    ]);
    blob('b6', 'on: push\n');
    const { files } = await createReader(client(), NAME).workflowSources();
    expect(files).toEqual([{ path: '.github/workflows/kept.yaml', text: 'on: push\n' }]);
  });

  it('are none where there is no folder', async () => {
    commit('HEAD', 'c1');
    noListing('c1');
    tree('c1', ['README.md', '.github/CODEOWNERS', '.github/workflows/deeper/a.yml']);
    expect(await createReader(client(), NAME).workflowSources()).toEqual({ sha: 'c1', files: [] });
  });

  it.each([
    ['denied', () => noListing('c1')],
    ['empty', () => listing('c1', [])],
  ])('are not yet there where the folder is %s and the git tree names one', async (_, answer) => {
    commit('HEAD', 'c1');
    answer();
    tree('c1', [NIGHTLY]);
    await expect(createReader(client(), NAME).workflowSources()).rejects.toMatchObject(NOT_YET);
  });

  it('are not yet there where the tree of a commit that was just read is denied', async () => {
    commit('HEAD', 'c1');
    noListing('c1');
    nock(API).get('/repos/acme/site/git/trees/c1').query({ recursive: '1' }).reply(404, {});
    repository();
    branch('c1');
    await expect(createReader(client(), NAME).workflowSources()).rejects.toMatchObject(NOT_YET);
  });

  it('are not yet there where a file that was just listed is denied, and are read once it is there', async () => {
    const reader = createReader(client(), NAME);
    commit('c1', 'c1');
    listing('c1', [entry(NIGHTLY, 'b1')]);
    nock(API).get('/repos/acme/site/git/blobs/b1').reply(404, { message: 'Not Found' });
    await expect(reader.workflowSources('c1')).rejects.toMatchObject(NOT_YET);
    commit('c1', 'c1');
    listing('c1', [entry(NIGHTLY, 'b1')]);
    blob('b1', 'on: push\n');
    expect((await reader.workflowSources('c1')).files).toEqual([{ path: NIGHTLY, text: 'on: push\n' }]);
  });

  it('are none where the folder is a file', async () => {
    commit('HEAD', 'c1');
    nock(API)
      .get('/repos/acme/site/contents/.github%2Fworkflows')
      .query({ ref: 'c1' })
      .reply(200, { ...entry('.github/workflows', 'b1'), content: '' });
    expect((await createReader(client(), NAME).workflowSources()).files).toEqual([]);
  });

  it('fail where GitHub fails: no answer is not an empty folder', async () => {
    commit('HEAD', 'c1');
    nock(API).get('/repos/acme/site/contents/.github%2Fworkflows').query({ ref: 'c1' }).reply(502, {});
    await expect(createReader(client(), NAME).workflowSources()).rejects.toMatchObject({ status: 502 });
  });

  it('are fetched once as long as their content stands, by every reader of one cache', async () => {
    const cache = new BlobCache();
    commit('HEAD', 'c1');
    listing('c1', [entry('.github/workflows/a.yml', 'b1'), entry('.github/workflows/b.yml', 'b2')]);
    blob('b1', 'on: push\n');
    blob('b2', 'on: pull_request\n');
    await createReader(client(), NAME, { blobs: cache }).workflowSources();
    commit('HEAD', 'c2');
    listing('c2', [entry('.github/workflows/a.yml', 'b1'), entry('.github/workflows/b.yml', 'b3')]);
    blob('b3', 'on: release\n');
    const { files } = await createReader(client(), NAME, { blobs: cache }).workflowSources();
    expect(files.map(({ text }) => text)).toEqual(['on: push\n', 'on: release\n']);
  });
});

describe('a commit that GitHub denies', () => {
  const sources = (ref?: string, before?: string) =>
    createReader(client(), NAME).workflowSources(ref, before);

  it.each([
    [404, 'Not Found'],
    [422, 'No commit found for SHA: c7'],
  ])('is not found where the default branch has moved on (%i)', async (status, message) => {
    noCommit('c7', status, message);
    repository();
    branch('c8');
    await expect(sources('c7', 'c6')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is not yet there where it is the head of the default branch', async () => {
    noCommit('c7');
    repository();
    branch('c7');
    await expect(sources('c7')).rejects.toMatchObject(NOT_YET);
  });

  it('is not yet there where the default branch is still at the commit before it', async () => {
    noCommit('c7');
    repository();
    branch('c6');
    await expect(sources('c7', 'c6')).rejects.toMatchObject(NOT_YET);
  });

  it.each(['c7', undefined])('is not yet there where the default branch is denied, too (%s)', async (ref) => {
    noCommit(ref ?? 'HEAD');
    repository();
    branch(null);
    await expect(sources(ref)).rejects.toMatchObject(NOT_YET);
  });

  it('is not yet there where the newest one is asked for and the default branch has one', async () => {
    noCommit('HEAD', 409, 'Git Repository is empty.');
    repository();
    branch('c1');
    await expect(sources()).rejects.toMatchObject(NOT_YET);
  });

  it('is refused in a repository without commits', async () => {
    noCommit('HEAD', 409, 'Git Repository is empty.');
    repository();
    branch(null);
    await expect(sources()).rejects.toMatchObject({
      code: 'github-refused',
      message: 'Git Repository is empty.',
      where: 'workflow files',
    });
  });

  it('is refused where the repository is gone', async () => {
    noCommit('c7');
    repository(404);
    await expect(sources('c7')).rejects.toMatchObject({ code: 'github-refused', message: 'Not Found.' });
  });
});

describe('a file', () => {
  const CONFIG = '.github/offbeat.yml';
  const asked = (ref: string) =>
    nock(API).get('/repos/acme/site/contents/.github%2Foffbeat.yml').query({ ref });

  it('is none where contents and git tree have none', async () => {
    asked('c1').reply(404, {});
    tree('c1', ['README.md']);
    expect(await createReader(client(), NAME).fileText(CONFIG, 'c1')).toBeNull();
  });

  it('is none where it is too large for GitHub to show', async () => {
    asked('c1').reply(200, { type: 'file', encoding: 'none', content: '', size: 2_000_000 });
    expect(await createReader(client(), NAME).fileText(CONFIG, 'c1')).toBeNull();
  });

  it('is not yet there where the git tree names it', async () => {
    asked('c1').reply(404, {});
    tree('c1', [CONFIG]);
    await expect(createReader(client(), NAME).fileText(CONFIG, 'c1')).rejects.toMatchObject(NOT_YET);
  });

  it('is looked for in the same tree only once while that has not changed', async () => {
    const reader = createReader(client(), NAME);
    asked('c1').reply(404, {});
    tree('c1', ['README.md'], { etag: '"1"' });
    asked('c1').reply(404, {});
    nock(API, { reqheaders: { 'if-none-match': '"1"' } })
      .get('/repos/acme/site/git/trees/c1')
      .query({ recursive: '1' })
      .reply(304);
    expect(await reader.fileText(CONFIG, 'c1')).toBeNull();
    expect(await reader.fileText(CONFIG, 'c1')).toBeNull();
  });
});

describe('all files of a commit', () => {
  const blobs = [
    { path: 'README.md', type: 'blob', mode: '100644', sha: 'b1', size: 12 },
    { path: 'run.sh', type: 'blob', mode: '100755', sha: 'b2', size: 3 },
    { path: 'docs', type: 'tree', mode: '040000', sha: 't1' },
    { path: 'link.md', type: 'blob', mode: '120000', sha: 'b3', size: 9 },
    { path: 'module', type: 'commit', mode: '160000', sha: 'c2' },
  ];
  const listed = (truncated: boolean) =>
    nock(API)
      .get('/repos/acme/site/git/trees/c1')
      .query({ recursive: '1' })
      .reply(200, { tree: blobs, truncated });

  it.each([true, false])('are those of its tree, with what they hold; cut: %s', async (truncated) => {
    listed(truncated);
    blob('b1', 'Über uns\n');
    const { listFiles, blobText } = createReader(client(), NAME);
    expect(await listFiles?.('c1')).toEqual({
      files: [
        { path: 'README.md', sha: 'b1', bytes: 12 },
        { path: 'run.sh', sha: 'b2', bytes: 3 },
      ],
      isWhole: !truncated,
    });
    expect(await blobText?.('b1')).toBe('Über uns\n');
    expect(await blobText?.('b1')).toBe('Über uns\n');
  });
});

it('the files of a commit that was just read are not yet there where its tree is denied', async () => {
  nock(API)
    .get('/repos/acme/site/git/trees/c1')
    .query({ recursive: '1' })
    .reply(404, { message: 'Not Found' });
  await expect(createReader(client(), NAME).listFiles?.('c1')).rejects.toMatchObject(NOT_YET);
});

describe('a pull request that GitHub denies', () => {
  const denied = () => nock(API).get('/repos/acme/site/pulls/7').reply(404, { message: 'Not Found' });
  const listed = (status: number, answer: object) =>
    nock(API)
      .get('/repos/acme/site/pulls')
      .query({ state: 'all', head: 'acme:offbeat/schedules', per_page: 100 })
      .reply(status, answer);
  const read = () => createReader(client(), NAME).pull({ pullNumber: 7, branch: 'offbeat/schedules' });

  it('is not yet there where it is listed among those from its branch', async () => {
    denied();
    listed(200, [{ number: 12 }, { number: 7 }]);
    await expect(read()).rejects.toMatchObject(NOT_YET);
  });

  it('is none where it is not listed either', async () => {
    denied();
    listed(200, [{ number: 12 }]);
    expect(await read()).toBeNull();
  });

  it('is refused where the repository is gone', async () => {
    denied();
    listed(404, { message: 'Not Found' });
    await expect(read()).rejects.toMatchObject({ code: 'github-refused' });
  });
});

describe('whether a branch has a commit', () => {
  const compare = (status: number, body: object) =>
    nock(API).get('/repos/acme/site/compare/c1...main').reply(status, body);
  const has = () => createReader(client(), NAME).branchHas('main', 'c1');

  it.each([
    ['ahead', true],
    ['identical', true],
    ['diverged', false],
  ])('is told by "%s"', async (status, expected) => {
    compare(200, { status });
    expect(await has()).toBe(expected);
  });

  it('is not where they have no common ancestor', async () => {
    compare(404, { message: 'No common ancestor between main and c1.' });
    expect(await has()).toBe(false);
  });

  it('is not yet known where GitHub denies one of them', async () => {
    compare(404, { message: 'Not Found' });
    await expect(has()).rejects.toMatchObject(NOT_YET);
  });
});

describe('what GitHub refuses to show', () => {
  it.each([403, 410, 451])('is refused with its own sentence (%i)', async (status) => {
    nock(API).get('/repos/acme/site').reply(status, { message: 'Repository access blocked' });
    await expect(createReader(client(), NAME).describe()).rejects.toMatchObject({
      code: 'github-refused',
      message: 'Repository access blocked.',
      where: 'repository',
    });
  });
});

describe('the cache of blobs', () => {
  it('forgets the least recently used beyond its bound, and keeps no failure', async () => {
    const cache = new BlobCache(2);
    const asked: string[] = [];
    const get = (sha: string) =>
      cache.get(sha, async () => {
        asked.push(sha);
        return `text of ${sha}`;
      });
    await expect(cache.get('a', () => Promise.reject(new Error('offline')))).rejects.toThrow('offline');
    for (const sha of ['a', 'b', 'a', 'c', 'a', 'b']) expect(await get(sha)).toBe(`text of ${sha}`);
    expect(asked).toEqual(['a', 'b', 'c', 'b']);
  });
});

describe('the repository itself', () => {
  it('is described by what matters', async () => {
    nock(API)
      .get('/repos/acme/site')
      .reply(200, { default_branch: 'trunk', archived: true, fork: false, private: true, secret: 'x' });
    expect(await createReader(client(), NAME).describe()).toEqual({
      defaultBranch: 'trunk',
      archived: true,
      fork: false,
      private: true,
    });
  });

  it('shows first lines of its commits', async () => {
    nock(API)
      .get('/repos/acme/site/commits')
      .query({ per_page: 30 })
      .reply(200, [{ commit: { message: 'fix: one\n\nBecause.' } }, { commit: { message: '' } }]);
    expect(await createReader(client(), NAME).recentCommitTitles()).toEqual(['fix: one', '']);
  });
});

describe('files in which two commits differ', () => {
  const compared = (basehead: string, status: number, body: object): void => {
    nock(API).get(`/repos/acme/site/compare/${basehead}`).reply(status, body);
  };
  const changed = () => createReader(client(), NAME).changedPaths?.('c1', 'c2');

  it('are those of both sides, and the earlier names of renamed ones', async () => {
    compared('c1...c2', 200, {
      files: [{ filename: 'a.yml' }, { filename: 'b.yml', previous_filename: 'old.yml' }],
    });
    compared('c2...c1', 200, { files: [{ filename: 'a.yml' }, { filename: 'taken-back.yml' }] });
    expect(await changed()).toEqual(['a.yml', 'b.yml', 'old.yml', 'taken-back.yml']);
  });

  it('are unknown where one of them is gone, or GitHub lists no more', async () => {
    compared('c1...c2', 404, { message: 'Not Found' });
    expect(await changed()).toBeNull();
    compared('c1...c2', 200, { files: Array.from({ length: 300 }, (_, n) => ({ filename: `${n}` })) });
    expect(await changed()).toBeNull();
  });
});
