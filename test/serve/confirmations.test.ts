import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../src/database/connect.ts';
import { dropTemplate, missingServer, serverDatabase } from '../database/test-database.ts';
import { startTestServer, type TestServer } from './server.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
afterAll(dropTemplate);

interface Place {
  readonly app: TestServer;
  /** Acts in the audit, oldest first. */
  audit(): Promise<readonly { action: string; by: string; why: string }[]>;
}

async function onFiles(): Promise<Place> {
  const app = await startTestServer({});
  cleanups.push(() => app.close());
  return {
    app,
    audit: async () =>
      (await readFile(join(app.directory, 'operator_audit.ndjson'), 'utf8'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
}

async function onPostgres(): Promise<Place> {
  const { url, destroy } = await serverDatabase();
  cleanups.push(destroy);
  const app = await startTestServer({ database: { url, poolSize: 4 } });
  cleanups.push(() => app.close());
  const database = openDatabase({ url, poolSize: 1, onError: () => undefined });
  cleanups.push(() => database.destroy());
  return {
    app,
    async audit() {
      const { rows } = await sql<{ action: string; by: string; why: string }>`
        select action, details->>'by' as by, details->>'why' as why from offbeat.operator_audit order by sequence
      `.execute(database);
      return rows;
    },
  };
}

const codeIn = (text: string): string => /\\"confirm\\": \\"(\w+)\\"/.exec(text)?.[1] ?? '';

function contract(name: string, start: () => Promise<Place>): void {
  describe(`the emergency stop and its lift (${name})`, () => {
    it('take a one-time code for exactly that, and are audited with who and why', async () => {
      const { app, audit } = await start();
      const stop = (post: Record<string, string>) => app.ask('/admin/emergency-stop', { post });
      const isStopped = async () => (await app.ask('/health')).data.emergency_stop;

      const asked = await stop({ why: 'an incident' });
      expect([asked.status, asked.text]).toEqual([409, expect.stringContaining('confirmation-needed')]);
      expect(await isStopped()).toBe(false);
      const confirm = codeIn(asked.text);
      expect((await stop({ why: 'an incident', confirm: 'WRONG2' })).status).toBe(409);
      expect((await stop({ why: 'another reason', confirm })).status).toBe(409);
      expect((await app.ask('/admin/resume', { post: { why: 'an incident', confirm } })).status).toBe(409);
      expect(await isStopped()).toBe(false);

      expect((await stop({ why: 'an incident', confirm })).status).toBe(200);
      const logged = app.logged.filter((line) => line.includes('"endpoint":"emergency-stop"'));
      expect(logged.at(-1)).toContain('"why":"an incident"');
      expect(await isStopped()).toBe(true);
      expect((await stop({ why: 'an incident', confirm })).status).toBe(409);
      expect((await app.confirm('/admin/resume', 'it is over')).status).toBe(200);
      expect(await audit()).toMatchObject([
        { action: 'emergency-stop', by: 'operator', why: 'an incident' },
        { action: 'lift-emergency-stop', by: 'operator', why: 'it is over' },
      ]);
    });

    it('take each code once, however many use it at the same time', async () => {
      const { app } = await start();
      const confirm = codeIn((await app.ask('/admin/emergency-stop', { post: { why: 'an incident' } })).text);
      const together = await Promise.all(
        Array.from({ length: 5 }, () =>
          app.ask('/admin/emergency-stop', { post: { why: 'an incident', confirm } }),
        ),
      );
      expect(together.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409, 409]);
    });
  });
}

contract('files', onFiles);
const missing = await missingServer();
describe.skipIf(missing !== undefined)(missing ?? 'a real server', () => contract('PostgreSQL', onPostgres));

/** Has every write through an open file fail, as on a full disk. */
async function fillDisk(directory: string): Promise<void> {
  const file = await open(directory, 'r');
  const prototype = Object.getPrototypeOf(file) as FileHandle;
  await file.close();
  const full = Object.assign(new Error('No space left on device'), { code: 'ENOSPC' });
  for (const name of ['write', 'writev', 'writeFile', 'appendFile', 'sync', 'datasync'] as const)
    vi.spyOn(prototype, name).mockRejectedValue(full);
}

it('the emergency stop takes effect on a full disk, and the answer says what could not be kept', async () => {
  const { app } = await onFiles();
  const isStopped = async () => (await app.ask('/health')).data.emergency_stop;
  await fillDisk(app.directory);
  const answer = await app.confirm('/admin/emergency-stop', 'an incident');
  expect(answer.status).toBe(200);
  expect(answer.text).toMatch(/could not be kept: The disk took no more data.*The audit could not be kept/);
  expect(answer.text).not.toContain(app.directory);
  expect(await isStopped()).toBe(true);
  const figures = (await app.get('/metrics')).text;
  expect(figures).toContain('offbeat_degraded{reason="stop-unkept"} 1');
  expect(figures).toMatch(/^offbeat_emergency_stop 1$/m);
  expect((await app.confirm('/admin/resume', 'it is over')).status).toBe(503);
  expect(await isStopped()).toBe(true);
  vi.restoreAllMocks();
  expect((await app.confirm('/admin/resume', 'it is over')).status).toBe(200);
  expect(await isStopped()).toBe(false);
  expect((await app.get('/metrics')).text).toMatch(/^offbeat_emergency_stop 0$/m);
});
