import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundledProcess } from '../bundled-process.ts';
import { dropTemplate, missingServer, serverDatabase } from '../database/test-database.ts';
import { PRIVATE_KEY } from '../private-key.ts';

const MAIN = await bundledProcess(fileURLToPath(new URL('../../src/main.ts', import.meta.url)));

let directory: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offbeat-serve-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

afterAll(dropTemplate);

/** Starts `offbeat serve` in the temporary directory, with nothing in its environment but `env`. */
function serve(env: Readonly<Record<string, string>>) {
  const started = spawn(process.execPath, [MAIN, 'serve'], {
    cwd: directory,
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      HOST: '127.0.0.1',
      PORT: '0',
      ...env,
    },
  });
  children.push(started);
  let said = '';
  const ended = new Promise<number | null>((resolve) => started.on('close', resolve));
  const mentions = (words: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (chunk: Buffer): void => {
        said += chunk.toString('utf8');
        if (words.test(said)) resolve(said);
      };
      started.stdout.on('data', look);
      started.stderr.on('data', look);
      ended.then((code) => reject(new Error(`Ended with ${code} and said: ${said}`)));
    });
  return { started, ended, mentions, said: () => said };
}

async function outcome(env: Readonly<Record<string, string>>) {
  const { ended, mentions, said } = serve(env);
  await mentions(/(?!)/).catch(() => undefined);
  return { code: await ended, said: said() };
}

describe('without an App', () => {
  it('says what is missing and both ways to it', async () => {
    const { code, said } = await outcome({});
    expect(code).toBe(2);
    for (const word of [
      'APP_ID',
      'PRIVATE_KEY',
      'WEBHOOK_SECRET',
      'PUBLIC_URL',
      '/setup',
      '.env.example',
      'app.yml',
    ])
      expect(said).toContain(word);
    expect(said).not.toMatch(/\n\s+at /);
  });

  it('refuses a PUBLIC_URL that is no address, in one sentence', async () => {
    const { code, said } = await outcome({ PUBLIC_URL: 'offbeat.example.com' });
    expect(code).toBe(2);
    expect(said).toMatch(/^PUBLIC_URL: Write the full address/);
  });

  it('opens the setup where PUBLIC_URL is known, from .env too, and ends in peace', async () => {
    await writeFile(join(directory, '.env'), 'PUBLIC_URL=https://from-file.example\nAPP_ID=\n');
    const { started, ended, mentions } = serve({});
    const said = await mentions(/waits for it/);
    expect(said).toContain('https://from-file.example/setup');
    const url = /this server, (\S+?),/.exec(said)?.[1];
    const code = /asks for this code, once: (\S+)/.exec(said)?.[1] ?? '';
    const entered = await fetch(`${url}/setup`, {
      method: 'POST',
      body: new URLSearchParams({ code }),
      redirect: 'manual',
    });
    const cookie = entered.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
    const page = await fetch(`${url}/setup?organization=`, { headers: { cookie } });
    expect(await page.text()).toContain('https://from-file.example/setup/done');
    expect(said).toContain(join('data', 'app.env'));
    started.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('believes the real environment before .env, except where it is empty', async () => {
    await writeFile(
      join(directory, '.env'),
      'PUBLIC_URL=https://from-file.example\nGITHUB_API_URL=nonsense\n',
    );
    const { mentions } = serve({
      PUBLIC_URL: 'https://real.example',
      GITHUB_API_URL: 'https://api.github.com',
    });
    expect(await mentions(/waits for it/)).toContain('https://real.example/setup');
    const { code, said } = await outcome({ GITHUB_API_URL: '' });
    expect(code).toBe(2);
    expect(said).toMatch(/^GITHUB_API_URL: /);
  });
});

describe('with half an App', () => {
  it('names each variable that is missing, and opens no setup', async () => {
    await writeFile(join(directory, '.env'), 'APP_ID=7\n');
    const { code, said } = await outcome({ PUBLIC_URL: 'https://offbeat.example.com' });
    expect(code).toBe(2);
    expect(said).toMatch(/^WEBHOOK_SECRET: .+\nPRIVATE_KEY: .+/m);
    expect(said).not.toContain('APP_ID');
  });

  it('quotes no value of a variable that is wrong', async () => {
    const { code, said } = await outcome({
      APP_ID: '7',
      WEBHOOK_SECRET: 'too-short',
      PRIVATE_KEY: 'no-key-at-all',
    });
    expect(code).toBe(2);
    expect(said).toMatch(/WEBHOOK_SECRET: .*16 characters/);
    expect(said).toMatch(/PRIVATE_KEY: .*PEM/);
    expect(said).not.toMatch(/too-short|no-key-at-all/);
  });
});

const missing = await missingServer();
describe.skipIf(missing !== undefined)(missing ?? 'on a database that takes no writes', () => {
  it('ends with its reason when it cannot start', async () => {
    const { url, destroy } = await serverDatabase();
    const readOnly = new URL(url);
    readOnly.searchParams.set('options', '-c default_transaction_read_only=on');
    try {
      const { code, said } = await outcome({
        APP_ID: '7',
        PRIVATE_KEY,
        WEBHOOK_SECRET: 'secret-of-the-tests',
        GITHUB_API_URL: 'http://127.0.0.1:1',
        DATABASE_URL: readOnly.href,
      });
      expect(code).toBe(2);
      expect(said).toContain('The database takes no writes. DATABASE_URL has to name the primary');
    } finally {
      await destroy();
    }
  });
});

describe('with an App', () => {
  it('says where nothing can be written and what to do when the data directory cannot be made', async () => {
    const file = join(directory, 'taken');
    await writeFile(file, '');
    const { code, said } = await outcome({
      APP_ID: '7',
      WEBHOOK_SECRET: 'a-secret-of-twenty-signs',
      PRIVATE_KEY,
      DATA_DIR: join(file, 'data'),
      LOG_LEVEL: 'silent',
    });
    expect(code).toBe(2);
    expect(said).toContain(`${file}/data: Nothing can be written to this directory (ENOTDIR).`);
    expect(said).toContain('DATA_DIR');
    expect(said).not.toContain('fault of Offbeat');
  });
});
