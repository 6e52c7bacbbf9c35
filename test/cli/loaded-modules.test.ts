import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const LIST_MODULES = new URL('./list-modules.mjs', import.meta.url).href;
const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

/** Packages, and folders and files of `src/`, that a command loads. */
async function loadedBy(...args: readonly string[]): Promise<readonly string[]> {
  const run = promisify(execFile);
  const { stderr } = await run(process.execPath, ['--import', LIST_MODULES, MAIN, ...args], {
    cwd: CHECKOUT,
  });
  return JSON.parse(/^LOADED (.*)$/m.exec(stderr)?.[1] ?? '[]');
}

describe('a command', () => {
  it('loads nothing but the command line when it is asked for the version', async () => {
    expect(await loadedBy('--version')).toEqual([
      'commander',
      'src/cli',
      'src/either.ts',
      'src/main.ts',
      'src/operations',
      'src/serve',
      'src/visible-text.ts',
    ]);
  });

  it('loads no client, server or store when it checks a checkout', async () => {
    const loaded = await loadedBy('check', CHECKOUT);
    expect(loaded).toEqual(expect.arrayContaining(['src/workflow', 'yaml']));
    const heavy = [
      'probot',
      'hono',
      'pino',
      'pg',
      'pg-boss',
      'kysely',
      'lowdb',
      'cockatiel',
      'emulate',
      'jose',
    ];
    expect(loaded.filter((part) => heavy.includes(part) || part.startsWith('@octokit/'))).toEqual([]);
    const used = loaded.filter((part) => part.startsWith('src/'));
    expect(used.filter((part) => /store|forecast|plan|github|dashboard|demo/.test(part))).toEqual([]);
  });
});
