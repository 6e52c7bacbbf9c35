import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leapingTime } from '../../src/demo/clock.ts';
import { type Emulated, startEmulator } from '../../src/demo/emulator.ts';
import { createGitHub } from '../../src/github/connect.ts';
import { createGuard } from '../../src/github/guard.ts';
import { appAuthentication, createProbot } from '../../src/github/probot.ts';
import { purposeOf } from '../../src/github/purposes.ts';
import { createLog } from '../../src/telemetry/log.ts';
import type { ConnectedRepository } from '../../src/usecases/ports.ts';
import { ContractWatch } from '../contract/contract-watch.ts';

const OWNER = 'octo-org';
const SITE = `${OWNER}/site`;
const CONFIG = '.github/offbeat.yml';
const WORKFLOW = '.github/workflows/nightly.yml';

const READ = { permissions: { metadata: 'read', contents: 'read', actions: 'read' }, repositories: [SITE] };
const READ_PULLS = { permissions: { pull_requests: 'read' }, repositories: [SITE] };
const DISCUSS = { permissions: { issues: 'write', pull_requests: 'write' }, repositories: [SITE] };
const PROPOSE = {
  permissions: { contents: 'write', pull_requests: 'write', workflows: 'write' },
  repositories: [SITE],
};
const CHECK = { permissions: { checks: 'write' }, repositories: [SITE] };
const SHARED = { permissions: { contents: 'read' }, repositories: [`${OWNER}/.github`] };

let emulated: Emulated;
const contract = new ContractWatch();

beforeAll(async () => {
  emulated = await startEmulator({
    webhookSecret: 'secret-of-the-test',
    observe: contract.observe,
    repositories: [
      { name: 'site', private: true, files: [{ path: WORKFLOW, text: 'on: push\n' }] },
      { name: '.github', private: true, files: [{ path: CONFIG, text: 'dwell-days: 30\n' }] },
      { name: 'alone', private: true, files: [{ path: CONFIG, text: '_extends: nobody/nothing\n' }] },
    ],
  });
});

afterAll(async () => {
  await emulated.stop();
  contract.assertKept();
});

/** A repository as a process sees it that has just started, and what it asks tokens for. */
async function justStarted(name = 'site') {
  const time = leapingTime();
  const probot = createProbot({
    appId: emulated.app.id,
    privateKey: emulated.app.privateKey,
    secret: emulated.app.webhookSecret,
    baseUrl: emulated.url,
    timeoutMs: 5_000,
    log: createLog({ level: 'silent' }),
  });
  const github = createGitHub(appAuthentication(probot, time), undefined, createGuard(time));
  const repository = emulated.repositories.find((one) => one.name === name);
  if (repository === undefined) throw new Error(`There is no ${name}.`);
  const connected = await github.connect({
    id: repository.id,
    installationId: emulated.app.installationId,
    owner: OWNER,
    name,
  });
  const before = emulated.tokens.length;
  return { connected, asked: () => emulated.tokens.slice(before) };
}

const writerOf = ({ writer }: ConnectedRepository) => {
  if (writer === null) throw new Error('It cannot be written to.');
  return writer;
};

async function openPull(connected: ConnectedRepository): Promise<number> {
  const { sha } = await connected.reader.workflowSources();
  const { number } = await writerOf(connected).openPull({
    branch: 'offbeat/proposal',
    baseBranch: 'main',
    baseSha: sha,
    knownHeadSha: null,
    title: 'Move a cron',
    body: 'Why.',
    commitMessage: 'Move a cron',
    files: [{ path: WORKFLOW, text: 'on: pull_request\n' }],
  });
  return number;
}

describe('a token', () => {
  it.each([
    ['workflow files', (it: ConnectedRepository) => it.reader.workflowSources(), [READ]],
    ['the repository', (it: ConnectedRepository) => it.reader.describe(), [READ]],
    ['runs', (it: ConnectedRepository) => it.reader.runs?.({ from: 0, to: 1 }), [READ]],
    ['a permission', (it: ConnectedRepository) => it.permissionOf('writer'), [READ]],
    [
      'a pull request',
      (it: ConnectedRepository) => it.reader.pull({ pullNumber: 1, branch: 'main' }),
      [READ_PULLS],
    ],
    ['the shared configuration', (it: ConnectedRepository) => it.reader.config(), [READ, SHARED]],
    ['an issue', (it: ConnectedRepository) => writerOf(it).issue('Title', 'Text'), [DISCUSS]],
    [
      'a check',
      async (it: ConnectedRepository) =>
        writerOf(it).check({
          name: 'Offbeat',
          sha: (await it.reader.workflowSources()).sha,
          passed: true,
          title: 'Fine',
          summary: 'Fine.',
          annotations: [],
        }),
      [READ, CHECK],
    ],
    [
      'a proposal and a word on it',
      async (it: ConnectedRepository) =>
        writerOf(it).comment(await openPull(it), 'Done. <!-- 1 -->', '<!-- 1 -->'),
      [READ, READ_PULLS, PROPOSE, DISCUSS],
    ],
  ] as const)('for %s allows just that, in one repository', async (_, act, expected) => {
    const { connected, asked } = await justStarted();
    await act(connected);
    expect(asked()).toEqual(expected);
  });

  it('is asked for once, whatever is done with it', async () => {
    const { connected, asked } = await justStarted();
    await Promise.all([connected.reader.describe(), connected.reader.workflowSources()]);
    await connected.reader.config();
    await connected.reader.config();
    expect(asked()).toEqual([READ, SHARED]);
  });
});

describe('a shared configuration', () => {
  it('is read from a private repository of the account', async () => {
    const { connected } = await justStarted();
    expect(await connected.reader.config()).toMatchObject({ 'dwell-days': 30 });
  });

  it('of another account is read with no more rights than one’s own', async () => {
    const { connected, asked } = await justStarted('alone');
    await connected.reader.config();
    expect(asked()).toEqual([{ ...READ, repositories: [`${OWNER}/alone`] }]);
  });
});

describe('permissions that the installation has not accepted', () => {
  it('are named, end only the work that needs them, and are asked for again', async () => {
    emulated.faults.withhold('checks');
    const { connected } = await justStarted();
    const check = {
      name: 'Offbeat',
      sha: 'a'.repeat(40),
      passed: true,
      title: '',
      summary: '',
      annotations: [],
    };
    await expect(writerOf(connected).check(check)).rejects.toMatchObject({
      code: 'permission-missing',
      message: 'The App has not been given the permissions for this.',
      where: 'permissions `checks: write`',
    });
    await writerOf(connected).issue('Still', 'It can speak.');
    emulated.faults.restore('checks');
    await writerOf(connected).check(check);
  });

  it('are left out where a part of the work can do without', async () => {
    emulated.faults.withhold('pull_requests');
    const { connected, asked } = await justStarted();
    await writerOf(connected).issue('Without pull requests', 'It can speak.');
    expect(asked()).toEqual([{ permissions: { issues: 'write' }, repositories: [SITE] }]);
    emulated.faults.restore('pull_requests');
  });
});

describe('a repository that the App was taken off', () => {
  it('is refused with a sentence', async () => {
    const time = leapingTime();
    const { app, url } = emulated;
    const log = createLog({ level: 'silent' });
    const probot = createProbot({
      appId: app.id,
      privateKey: app.privateKey,
      secret: 'x',
      baseUrl: url,
      timeoutMs: 5_000,
      log,
    });
    const github = createGitHub(appAuthentication(probot, time), undefined, createGuard(time));
    const { installationId } = app;
    const { reader } = await github.connect({ id: 4_711, installationId, owner: OWNER, name: 'gone' });
    await expect(reader.describe()).rejects.toMatchObject({
      code: 'github-refused',
      message: 'The App has no access to this repository.',
    });
  });
});

describe('purposeOf', () => {
  it('follows the links to further pages, which name the repository by its id', () => {
    const url = 'https://api.github.com/repositories/1296269/issues/7/comments?page=2';
    expect(purposeOf({ method: 'GET', url })).toBe('discuss');
  });

  it('knows no purpose for what Offbeat does not do', () => {
    const url = '/repos/{owner}/{repo}/collaborators/{username}';
    expect(() => purposeOf({ method: 'PUT', url })).toThrow('No purpose is known');
  });
});
