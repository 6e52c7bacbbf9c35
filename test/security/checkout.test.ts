import { execFileSync } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkInAction } from '../../src/action/check.ts';
import type { Step } from '../../src/action/session.ts';
import {
  checkoutOf,
  localConfigText,
  localSources,
  localWorkflowFiles,
} from '../../src/cli/local-sources.ts';

const WORKFLOW = `on:\n  schedule:\n    - cron: '0 0 * * *'\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{ run: ./job.sh }]\n`;

let home: string;
let checkout: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'offbeat-hostile-'));
  checkout = join(home, 'checkout');
  await mkdir(join(checkout, '.github/workflows'), { recursive: true });
  await writeFile(join(checkout, '.github/workflows/a.yml'), WORKFLOW);
  await writeFile(join(home, 'secret'), 'token: hunter2\n');
});

afterEach(() => rm(home, { recursive: true, force: true }));

/** `check` of the Action in the checkout; gives what it said. */
async function checked(sarif: string): Promise<string> {
  const said: string[] = [];
  const note = (text: unknown): void => void said.push(String(text));
  const io = {
    ...{ input: () => '', output: note, debug: note, info: note, notice: note, warning: note, error: note },
    summarise: async (text: string) => note(text),
    fail: note,
  };
  const inputs = { config: '', sarif, 'fail-on': 'never' };
  const surroundings = { workspace: checkout };
  const step = { io, inputs, surroundings, clock: { now: () => Date.UTC(2026, 5, 1) } };
  await checkInAction(step as unknown as Step);
  return said.join('\n');
}

describe('a checkout of a hostile pull request', () => {
  it('whose configuration is a link to another file of the machine is not read', async () => {
    await symlink(join(home, 'secret'), join(checkout, '.github/offbeat.yml'));
    await expect(localConfigText(checkout)).rejects.toThrow(
      'It is no file of at most 1 MiB within the checkout.',
    );
    await expect(checked('')).rejects.not.toThrow(/hunter2|token/);
  });

  it('whose configuration is a link within the checkout is read', async () => {
    await writeFile(join(checkout, 'offbeat.yml'), 'mode: suggest\n');
    await symlink('../offbeat.yml', join(checkout, '.github/offbeat.yml'));
    expect(await localConfigText(checkout)).toBe('mode: suggest\n');
  });

  it('whose folder of workflows is a link to another checkout has no workflows', async () => {
    await rm(join(checkout, '.github'), { recursive: true });
    const other = join(home, 'other');
    await mkdir(join(other, 'workflows'), { recursive: true });
    await writeFile(join(other, 'workflows/b.yml'), WORKFLOW);
    await symlink(other, join(checkout, '.github'));
    expect(await localWorkflowFiles(checkout)).toEqual([]);
  });

  it('whose links go round in circles is read', async () => {
    await symlink('job.sh', join(checkout, 'job.sh'));
    await symlink('b.yml', join(checkout, '.github/workflows/b.yml'));
    expect((await localSources(checkout)).map(({ path }) => path)).toEqual(['.github/workflows/a.yml']);
  });

  it('with pipes in it keeps nobody waiting', async () => {
    for (const path of ['job.sh', '.github/offbeat.yml', '.github/workflows/b.yml']) {
      execFileSync('mkfifo', [join(checkout, path)]);
    }
    expect((await localSources(checkout)).map(({ path }) => path)).toEqual(['.github/workflows/a.yml']);
    await expect(localConfigText(checkout)).rejects.toThrow('It is no file');
    const named = ['a.yml', 'b.yml'].map((name) => join(checkout, '.github/workflows', name));
    await expect(checkoutOf(named)).rejects.toThrow('It cannot be read');
  });

  it('with a link where SARIF is to be written has the link replaced, and not what it leads to', async () => {
    await symlink(join(home, 'secret'), join(checkout, 'found.sarif'));
    await checked('found.sarif');
    expect(await readFile(join(home, 'secret'), 'utf8')).toBe('token: hunter2\n');
    expect((await lstat(join(checkout, 'found.sarif'))).isFile()).toBe(true);
  });

  it('with a linked folder where SARIF is to be written gets none', async () => {
    await symlink(home, join(checkout, 'out'));
    await expect(checked('out/found.sarif')).rejects.toThrow('This path leads out of the checkout.');
    await expect(checked('../found.sarif')).rejects.toThrow('This path leads out of the checkout.');
  });
});
