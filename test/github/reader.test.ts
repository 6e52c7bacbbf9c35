import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBlobCache } from '../../src/github/blob-cache.ts';
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
    nock(API).get('/repos/acme/site/contents/.github%2Fworkflows').query({ ref: 'c1' }).reply(404, {});
    expect(await createReader(client(), NAME).workflowSources()).toEqual({ sha: 'c1', files: [] });
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
    const cache = createBlobCache();
    commit('HEAD', 'c1');
    listing('c1', [entry('.github/workflows/a.yml', 'b1'), entry('.github/workflows/b.yml', 'b2')]);
    blob('b1', 'on: push\n');
    blob('b2', 'on: pull_request\n');
    await createReader(client(), NAME, cache).workflowSources();
    commit('HEAD', 'c2');
    listing('c2', [entry('.github/workflows/a.yml', 'b1'), entry('.github/workflows/b.yml', 'b3')]);
    blob('b3', 'on: release\n');
    const { files } = await createReader(client(), NAME, cache).workflowSources();
    expect(files.map(({ text }) => text)).toEqual(['on: push\n', 'on: release\n']);
  });
});

describe('the cache of blobs', () => {
  it('forgets the least recently used beyond its bound, and keeps no failure', async () => {
    const cache = createBlobCache(2);
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
