import { type Kysely, sql } from 'kysely';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/database/connect.ts';
import { dropTemplate, missingServer, serverDatabase } from '../database/test-database.ts';
import { deliver } from '../http/webhook/sample.ts';
import { startTestServer, type TestServer } from './server.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
afterAll(dropTemplate);

/** A server on a database with this setting, and a connection of somebody else's without it. */
async function limitedBy(setting: string, value: string) {
  const { url, destroy } = await serverDatabase();
  cleanups.push(destroy);
  const holder = openDatabase({ url, poolSize: 1, onError: () => undefined });
  cleanups.push(() => holder.destroy());
  const app = await startTestServer({ database: { url, poolSize: 4 } });
  cleanups.push(() => app.close());
  await alter(holder, (database) => `alter database ${database} set ${setting} = '${value}'`);
  return { app, holder };
}

async function reset(holder: Database, setting: string): Promise<void> {
  await alter(holder, (database) => `alter database ${database} reset ${setting}`);
}

/** Changes the database's settings, and ends the connections that stand: they would keep those they have. */
async function alter(holder: Database, statement: (database: string) => string): Promise<void> {
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(holder);
  await sql.raw(statement(rows[0]?.name ?? '')).execute(holder);
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(
    holder,
  );
}

async function whileHeld<T>(holder: Kysely<never>, table: string, work: () => Promise<T>): Promise<T> {
  return holder.transaction().execute(async (transaction) => {
    await sql.raw(`lock table ${table} in access exclusive mode`).execute(transaction);
    return work();
  });
}

/** The first request after connections were ended may meet one of them. */
async function settled(app: TestServer): Promise<void> {
  for (let at = 0; at < 8; at += 1) await app.ask('/repositories');
}

const missing = await missingServer();
describe.skipIf(missing !== undefined)(missing ?? 'a database that ends what takes too long', () => {
  it.each(['statement_timeout', 'lock_timeout'])('is a 503 and no fault, by its %s', async (setting) => {
    const { app, holder } = await limitedBy(setting, '200ms');
    await settled(app);
    const held = holder as unknown as Kysely<never>;
    const read = await whileHeld(held, 'offbeat.repositories', () => app.ask('/repositories'));
    expect([read.status, read.text]).toEqual([503, expect.stringContaining('store-unreachable')]);
    const change = await whileHeld(held, 'offbeat.deployment', () =>
      app.ask('/admin/flags/set', { post: { name: 'planner', percent: 1 } }),
    );
    expect(change.status).toBe(503);
    const delivery = await whileHeld(held, 'offbeat.open_deliveries, offbeat.seen_keys', () =>
      deliver(`${app.server.url}/api/github/webhooks`, 1),
    );
    expect([delivery.status, delivery.headers.get('retry-after')]).toEqual([503, '30']);
    expect((await app.ask('/repositories')).status).toBe(200);
  });

  it('is not ready while the database takes no writes, as a standby does', async () => {
    const { app, holder } = await limitedBy('default_transaction_read_only', 'on');
    await settled(app);
    expect((await app.ask('/repositories')).status).toBe(200);
    expect((await deliver(`${app.server.url}/api/github/webhooks`, 1)).status).toBe(503);
    const ready = await app.get('/readyz');
    expect([ready.status, ready.text]).toEqual([503, expect.stringContaining('read-only')]);
    await reset(holder, 'default_transaction_read_only');
    await settled(app);
    expect((await app.get('/readyz')).status).toBe(200);
    expect((await deliver(`${app.server.url}/api/github/webhooks`, 1)).status).toBe(202);
  });
});
