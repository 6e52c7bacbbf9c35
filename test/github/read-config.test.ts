import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { createAbsences } from '../../src/github/absences.ts';
import { readConfig } from '../../src/github/read-config.ts';
import { API, client, NAME } from './client.ts';

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  const pending = nock.pendingMocks();
  nock.cleanAll();
  nock.enableNetConnect();
  expect(pending).toEqual([]);
});

/** What `.github/offbeat.yml` of a repository is; `null` where there is none. */
function file(repository: string, text: string | null, times = 1): void {
  const asked = nock(API).get(`/repos/${repository}/contents/.github%2Foffbeat.yml`).times(times);
  if (text === null) {
    asked.reply(404, { message: 'Not Found' });
    if (repository === 'acme/site') tree(repository, ['README.md']);
    else nock(API).get(`/repos/${repository}`).reply(404, { message: 'Not Found' });
  } else asked.reply(200, { type: 'file', content: Buffer.from(text, 'utf8').toString('base64') });
}

/** What git has at the newest commit. */
function tree(repository: string, paths: readonly string[]): void {
  nock(API)
    .get(`/repos/${repository}/git/trees/HEAD`)
    .query({ recursive: '1' })
    .reply(200, { tree: paths.map((path) => ({ path, type: 'blob' })) });
}

const read = () => readConfig({ client: client(), name: NAME, absences: createAbsences() });

describe('the configuration', () => {
  it('is the repository’s own, and nobody else is asked', async () => {
    file('acme/site', 'mode: suggest\n');
    expect(await read()).toMatchObject({ mode: 'suggest', 'dwell-days': 14 });
  });

  it('is the organisation’s where the repository has none', async () => {
    file('acme/site', null);
    file('acme/.github', 'dwell-days: 30\n');
    expect(await read()).toMatchObject({ 'dwell-days': 30 });
  });

  it('is the default where neither has one', async () => {
    file('acme/site', null);
    file('acme/.github', null);
    expect(await read()).toEqual(parseConfig(''));
  });

  it('does not fall back on the organisation where the repository’s file is empty', async () => {
    file('acme/site', '');
    expect(await read()).toEqual(parseConfig(''));
  });

  it('is the default where the path is a folder', async () => {
    nock(API)
      .get('/repos/acme/site/contents/.github%2Foffbeat.yml')
      .reply(200, [{ type: 'file', path: '.github/offbeat.yml/a' }]);
    file('acme/.github', null);
    expect(await read()).toEqual(parseConfig(''));
  });

  it('is no default where GitHub lists nothing in its place and the git tree has it', async () => {
    nock(API).get('/repos/acme/site/contents/.github%2Foffbeat.yml').reply(200, []);
    tree('acme/site', ['.github/offbeat.yml']);
    await expect(read()).rejects.toMatchObject({ code: 'github-not-yet' });
  });

  it('is the default in a repository without commits', async () => {
    nock(API).get('/repos/acme/site/contents/.github%2Foffbeat.yml').reply(404, {});
    nock(API).get('/repos/acme/site/git/trees/HEAD').query({ recursive: '1' }).reply(409, {});
    nock(API).get('/repos/acme/site').reply(200, { default_branch: 'main' });
    nock(API).get('/repos/acme/site/branches/main').reply(404, {});
    file('acme/.github', null);
    expect(await read()).toEqual(parseConfig(''));
  });

  it('is no default where GitHub denies tree and branch, and does not say that the repository is empty', async () => {
    nock(API).get('/repos/acme/site/contents/.github%2Foffbeat.yml').reply(404, {});
    nock(API).get('/repos/acme/site/git/trees/HEAD').query({ recursive: '1' }).reply(404, {});
    nock(API).get('/repos/acme/site').reply(200, { default_branch: 'main' });
    nock(API).get('/repos/acme/site/branches/main').reply(404, {});
    await expect(read()).rejects.toMatchObject({
      code: 'github-not-yet',
      retryAfterMs: 5_000,
      where: 'acme/site, branch main',
    });
  });

  it.each(['acme/site', 'acme/.github'])(
    'is no default while the git tree of %s has a file that the contents deny',
    async (repository) => {
      if (repository !== 'acme/site') file('acme/site', null);
      nock(API).get(`/repos/${repository}/contents/.github%2Foffbeat.yml`).reply(404, {});
      if (repository !== 'acme/site') nock(API).get(`/repos/${repository}`).reply(200, {});
      tree(repository, ['.github/offbeat.yml']);
      await expect(read()).rejects.toMatchObject({
        code: 'github-not-yet',
        retryAfterMs: 5_000,
        where: `${repository}, .github/offbeat.yml`,
      });
    },
  );

  it('is no default where the repository is gone', async () => {
    nock(API).get('/repos/acme/site/contents/.github%2Foffbeat.yml').reply(404, {});
    nock(API).get('/repos/acme/site/git/trees/HEAD').query({ recursive: '1' }).reply(404, {});
    nock(API).get('/repos/acme/site').reply(404, { message: 'Not Found' });
    await expect(read()).rejects.toMatchObject({ status: 404 });
  });

  it('fails where GitHub fails', async () => {
    nock(API).get('/repos/acme/site/contents/.github%2Foffbeat.yml').reply(500, {});
    await expect(read()).rejects.toMatchObject({ status: 500 });
  });
});

describe('_extends', () => {
  it('lays the file over the one it names, mapping by mapping', async () => {
    file('acme/site', '_extends: policies\ndwell-days: 7\nworkflows:\n  a.yml: { pin: true }\n');
    file('acme/policies', 'mode: suggest\ndwell-days: 30\nworkflows:\n  b.yml: { pin: true }\n');
    expect(await read()).toMatchObject({
      mode: 'suggest',
      'dwell-days': 7,
      workflows: { 'a.yml': { pin: true }, 'b.yml': { pin: true } },
    });
  });

  it('may name another owner', async () => {
    file('acme/site', '_extends: octo/policies\n');
    file('octo/policies', 'mode: pause\n');
    expect(await read()).toMatchObject({ mode: 'pause' });
  });

  it('is followed from the organisation’s file too, seen from its own owner', async () => {
    file('acme/site', '_extends: octo/policies\n');
    file('octo/policies', '_extends: base\ndwell-days: 20\n');
    file('octo/base', 'dwell-days: 40\nmin-benefit: 0.5\n');
    expect(await read()).toMatchObject({ 'dwell-days': 20, 'min-benefit': 0.5 });
  });

  it('that leads to nothing adds nothing', async () => {
    file('acme/site', '_extends: gone\nmode: suggest\n');
    file('acme/gone', null);
    expect(await read()).toMatchObject({ mode: 'suggest' });
  });

  it('that goes in a circle comes to an end', async () => {
    file('acme/site', '_extends: policies\n');
    file('acme/policies', '_extends: policies\nmode: suggest\n', 3);
    expect(await read()).toMatchObject({ mode: 'suggest' });
  });
});

describe('an invalid file', () => {
  it('says where', async () => {
    file('acme/site', 'mode: suggest\nmin-confidence: 3\n');
    await expect(read()).rejects.toMatchObject({
      code: 'config-invalid',
      where: '.github/offbeat.yml:2:17',
    });
  });

  it('says which repository, where it is not the own', async () => {
    file('acme/site', '_extends: policies\n');
    file('acme/policies', 'mode: loud\n');
    await expect(read()).rejects.toMatchObject({
      code: 'config-invalid',
      where: 'acme/policies/.github/offbeat.yml:1:7',
    });
  });

  it.each(['_extends: https://evil.example/x\n', '_extends: ../other\n', '_extends: a/b/c\n'])(
    'may not extend an address: %j',
    async (text) => {
      file('acme/site', text);
      await expect(read()).rejects.toMatchObject({ code: 'config-invalid' });
    },
  );
});
