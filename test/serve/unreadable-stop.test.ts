import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { dropTemplate, missingServer, serverDatabase } from '../database/test-database.ts';
import { deliver } from '../http/webhook/sample.ts';
import { startTestServer, type TestServer } from './server.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
afterAll(dropTemplate);

async function onFiles(): Promise<TestServer> {
  const server = await startTestServer({}, (directory) =>
    writeFile(join(directory, 'deployment.json'), '{"version":1,"emergencyStop":{"at":'),
  );
  cleanups.push(() => server.close());
  return server;
}

async function onPostgres(): Promise<TestServer> {
  return (await onTables()).app;
}

async function onTables() {
  const { url, database, destroy } = await serverDatabase();
  cleanups.push(destroy);
  await sql`insert into offbeat.deployment (deployment) values ('{"version": 9}'::jsonb)
    on conflict (only_row) do update set deployment = excluded.deployment`.execute(database);
  const app = await startTestServer({ database: { url, poolSize: 4 } });
  cleanups.push(() => app.close());
  return { app, database };
}

function contract(name: string, start: () => Promise<TestServer>): void {
  describe(`decisions of the operator that cannot be read (${name})`, () => {
    it('count as an emergency stop: deliveries are accepted and wait, and health and a metric say so', async () => {
      const app = await start();
      expect((await deliver(`${app.server.url}/api/github/webhooks`, 1)).status).toBe(202);
      await vi.waitUntil(() => app.logged.some((line) => line.includes('waits until it makes sense')), {
        timeout: 20_000,
      });
      const ready = await app.get('/readyz');
      expect([ready.status, JSON.parse(ready.text)]).toEqual([
        200,
        { status: 'ready', degraded: expect.arrayContaining(['stop-unreadable']) },
      ]);
      expect((await app.get('/metrics')).text).toContain('offbeat_degraded{reason="stop-unreadable"} 1');
      const health = await app.ask('/health', { role: 'viewer' });
      expect(health.status).toBe(200);
      expect(health.data).toMatchObject({
        status: 'degraded',
        emergency_stop: true,
        problems: expect.arrayContaining([expect.stringContaining('an emergency stop is in force')]),
        queue: { dead_letters: 0 },
      });
      expect(health.text).not.toContain(app.directory);
    });

    it('are taken over by a new emergency stop and by nothing else, and no answer names a path', async () => {
      const app = await start();
      const flags = await app.ask('/admin/flags');
      const lift = await app.confirm('/admin/resume', 'by mistake');
      const rollout = await app.ask('/admin/flags/set', { post: { name: 'planner', percent: 1 } });
      for (const { status, text } of [flags, lift, rollout]) {
        expect(status).toBe(503);
        expect(text).toContain('stop-unreadable');
        expect(text).not.toContain(app.directory);
      }
      const stop = await app.confirm('/admin/emergency-stop', 'to be safe');
      expect(stop.status).toBe(200);
      expect(stop.data).toMatchObject({ emergencyStop: { why: 'to be safe' }, rollouts: [] });
      expect((await app.get('/readyz')).text).not.toContain('stop-unreadable');
      expect((await app.confirm('/admin/resume', 'all is well')).data).toMatchObject({
        emergencyStop: null,
      });
    });
  });
}

contract('files', onFiles);
const missing = await missingServer();
describe.skipIf(missing !== undefined)(missing ?? 'a real server', () => contract('PostgreSQL', onPostgres));

it('are kept beside the new ones, as they may hold rollouts', async () => {
  const app = await onFiles();
  await app.confirm('/admin/emergency-stop', 'to be safe');
  expect((await readdir(app.directory)).filter((name) => name.includes('unreadable'))).toHaveLength(1);
});

it.skipIf(missing !== undefined)(
  'are kept in the audit of the database, as they may hold rollouts',
  async () => {
    const { app, database } = await onTables();
    await app.confirm('/admin/emergency-stop', 'to be safe');
    const { rows } = await sql<{ details: unknown }>`
    select details from offbeat.operator_audit where action = 'unreadable-deployment-replaced'`.execute(
      database,
    );
    expect(rows).toEqual([{ details: { deployment: { version: 9 } } }]);
  },
);
