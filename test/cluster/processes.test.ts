import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundledProcess } from '../bundled-process.ts';
import { dropTemplate, missingServer, serverDatabase } from '../database/test-database.ts';
import { deliver, SECRET } from '../http/webhook/sample.ts';

const MAIN = await bundledProcess(fileURLToPath(new URL('../../src/main.ts', import.meta.url)));
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

const cleanups: (() => Promise<unknown>)[] = [];
let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offbeat-processes-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
afterAll(dropTemplate);

interface Offbeat {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  said(): string;
  /** Where it listens, once it does. */
  url(): Promise<string>;
}

/** Runs `offbeat …` on a database, with no GitHub to speak to. */
function offbeat(
  databaseUrl: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Offbeat {
  const child = spawn(process.execPath, [MAIN, ...words], {
    cwd: directory,
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      HOST: '127.0.0.1',
      PORT: '0',
      APP_ID: '7',
      PRIVATE_KEY: privateKey,
      WEBHOOK_SECRET: SECRET,
      GITHUB_API_URL: 'http://127.0.0.1:1',
      DATABASE_URL: databaseUrl,
      ...env,
    },
  });
  cleanups.push(async () => child.kill('SIGKILL'));
  let said = '';
  const listeners = new Set<() => void>();
  const hear = (chunk: Buffer): void => {
    said += chunk.toString('utf8');
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    child,
    ended,
    said: () => said,
    url: () =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const port = /"port":(\d+)/.exec(said)?.[1];
          if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
        };
        listeners.add(look);
        look();
        void ended.then((code) => reject(new Error(`Ended with ${code} and said: ${said}`)));
      }),
  };
}

function webhooksAt(url: string): string {
  return `${url}/api/github/webhooks`;
}

async function answer(url: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url);
  return { status: response.status, body: await response.json() };
}

const missing = await missingServer();

describe.skipIf(missing !== undefined)(
  `processes on PostgreSQL${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    it('accept in one process, work in another, and exit with 0 on SIGTERM', async () => {
      const opened = await serverDatabase();
      cleanups.push(() => opened.destroy());
      const web = offbeat(opened.url, ['serve'], { WORKERS: '0' });
      const url = await web.url();
      expect(await answer(`${url}/readyz`)).toMatchObject({ status: 200, body: { status: 'ready' } });
      expect((await deliver(webhooksAt(url), 1)).status).toBe(202);
      expect(await (await deliver(webhooksAt(url), 1)).json()).toEqual({ status: 'duplicate' });
      const runs = async () => (await sql`select run_id from offbeat.runs`.execute(opened.database)).rows;
      expect(await runs()).toEqual([]);

      const worker = offbeat(opened.url, ['work']);
      const workerUrl = await worker.url();
      expect(await answer(`${workerUrl}/readyz`)).toMatchObject({ status: 200, body: { status: 'ready' } });
      expect((await deliver(webhooksAt(workerUrl), 2)).status).toBe(404);
      while ((await runs()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await runs()).toEqual([{ run_id: 1 }]);
      for (const { child } of [web, worker]) child.kill('SIGTERM');
      expect([await web.ended, await worker.ended]).toEqual([0, 0]);
    });

    it('exit with 0 when they get SIGTERM as soon as they listen', async () => {
      const opened = await serverDatabase();
      cleanups.push(() => opened.destroy());
      const worker = offbeat(opened.url, ['work']);
      await worker.url();
      worker.child.kill('SIGTERM');
      expect(await worker.ended).toBe(0);
    });

    it('answer /readyz with 503 and take no delivery while the database is down', async () => {
      const opened = await serverDatabase();
      const web = offbeat(opened.url, ['serve'], { WORKERS: '0' });
      const url = await web.url();
      await opened.destroy();
      expect(await answer(`${url}/readyz`)).toMatchObject({
        status: 503,
        body: { why: ['The database does not answer.'] },
      });
      expect((await deliver(webhooksAt(url), 1)).status).toBe(503);
    });

    it('refuse a database that a newer version has migrated, with one sentence', async () => {
      const opened = await serverDatabase();
      cleanups.push(() => opened.destroy());
      await sql`insert into offbeat.migrations (name, timestamp) values ('999-later', 'then')`.execute(
        opened.database,
      );
      for (const words of [['serve'], ['work'], ['migrate'], ['queue', 'dead']]) {
        const refused = offbeat(opened.url, words);
        expect(await refused.ended).toBe(2);
        expect(refused.said()).toMatch(
          /^The database was migrated by a newer version of Offbeat \(999-later\)\./,
        );
      }
    });

    it('refuse to work without a database, and never print its password', async () => {
      const without = offbeat('', ['work']);
      expect(await without.ended).toBe(2);
      expect(without.said()).toMatch(/^DATABASE_URL: Without a database/);
      const away = offbeat('postgres://offbeat:hunter2@127.0.0.1:1/offbeat', ['serve']);
      expect(await away.ended).toBe(2);
      expect(away.said()).toMatch(/^The database does not answer\./);
      expect(away.said()).not.toContain('hunter2');
    });
  },
);
