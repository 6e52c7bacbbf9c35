import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGliteDialect, sql } from 'kysely';
import pg from 'pg';
import { fromPglite, type PgBoss } from 'pg-boss';
import { z } from 'zod';
import { type Database, databaseOn, openDatabase } from '../../src/database/connect.ts';
import { migrate, schemaState } from '../../src/database/migrate.ts';
import { type BossOptions, startBoss } from '../../src/queue/pg-boss/boss.ts';
import { prepareDeliveryQueues } from '../../src/queue/pg-boss/delivery-queues.ts';

/** Set where a server must be there: then its absence is a failure. */
const REQUIRED = process.env.OFFBEAT_TEST_DATABASE_URL;
const SERVER = REQUIRED ?? 'postgres://postgres@127.0.0.1:5432/test';
const POOL_SIZE = 6;
const MODULES = join(import.meta.dirname, '../../node_modules');

const log = { debug() {}, info() {}, warn() {}, error() {} };

/** A migrated database for one test. */
export interface TestDatabase {
  readonly database: Database;
  readonly connection: BossOptions['connection'];
  /** Starts pg-boss on it; it is stopped with the database. */
  boss(): Promise<PgBoss>;
  /** Closes everything and leaves nothing behind. */
  destroy(): Promise<void>;
}

/** Why tests on a real server cannot run; `undefined` where they can. Throws where they must. */
export async function missingServer(): Promise<string | undefined> {
  // A busy machine may take seconds; where a server is only looked for, nobody waits for that.
  const connectionTimeoutMillis = REQUIRED === undefined ? 2_000 : 30_000;
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis });
  try {
    await client.connect();
    await client.end();
    return undefined;
  } catch (error) {
    if (REQUIRED !== undefined) throw error;
    return 'no PostgreSQL at 127.0.0.1:5432, and OFFBEAT_TEST_DATABASE_URL is not set';
  }
}

let created = 0;
let template: Promise<string> | undefined;

/** An empty database of its own on the server, with no table in it. */
export async function emptyServerDatabase(from?: string): Promise<{ url: string; drop(): Promise<void> }> {
  created += 1;
  const name = `offbeat_test_${process.pid}_${Date.now().toString(36)}_${created}`;
  await onServer(`create database ${name} ${from === undefined ? '' : `template ${from}`}`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(`drop database if exists ${name} with (force)`) };
}

/** A migrated database on the server. */
export async function serverDatabase(): Promise<TestDatabase & { readonly url: string }> {
  template ??= makeTemplate();
  const { url, drop } = await emptyServerDatabase(await template);
  const database = openDatabase({ url, poolSize: POOL_SIZE, onError: () => undefined });
  return { url, ...handle(database, { url }, drop) };
}

/** Drops the template that `serverDatabase` copies; for `afterAll`. */
export async function dropTemplate(): Promise<void> {
  if (template === undefined) return;
  await onServer(`drop database if exists ${await template} with (force)`);
  template = undefined;
}

let embedded: Promise<PGlite> | undefined;

/**
 * The database within this process, emptied for each test. All files of tests in a process share it: to start one takes
 * seconds of computing.
 */
export async function embeddedDatabase(): Promise<TestDatabase> {
  embedded ??= startEmbedded();
  const pglite = await embedded;
  const database = databaseOn(new PGliteDialect({ pglite }));
  await makeEmpty(database);
  const connection = { db: fromPglite(pglite), backend: 'pglite' } as const;
  return handle(database, connection, async () => undefined, false);
}

/**
 * To make a new cluster takes seconds of computing, to copy one a fraction: the first that was made is kept for all.
 */
async function startEmbedded(): Promise<PGlite> {
  const manifest = await readFile(join(MODULES, '@electric-sql/pglite/package.json'), 'utf8');
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(manifest));
  const kept = join(MODULES, '.cache/offbeat', `pglite-${version}.tar`);
  if (existsSync(kept)) return PGlite.create({ loadDataDir: new Blob([await readFile(kept)]) });
  const pglite = await PGlite.create();
  const cluster = await pglite.dumpDataDir('none');
  await mkdir(dirname(kept), { recursive: true });
  // Another file of tests may be writing it too: it is whole under its name, or not there.
  const partial = `${kept}.${process.pid}`;
  await writeFile(partial, Buffer.from(await cluster.arrayBuffer()));
  await rename(partial, kept);
  return pglite;
}

/** Leaves no row in the tables of Offbeat, and makes them anew where they are not those of this version. */
async function makeEmpty(database: Database): Promise<void> {
  const { missing, unknown } = await schemaState(database);
  if (missing.length > 0 || unknown.length > 0) {
    await sql`drop schema if exists offbeat cascade`.execute(database);
    await migrate(database);
    return;
  }
  const { rows } = await sql<{ table: string; isMonth: boolean }>`
    select tablename as table, tablename ~ '^runs_[0-9]' as "isMonth" from pg_tables
    where schemaname = 'offbeat' and tablename not like 'migrations%'`.execute(database);
  const named = (isMonth: boolean) =>
    rows.filter((row) => row.isMonth === isMonth).map(({ table }) => sql.table(`offbeat.${table}`));
  // Months come to the table of runs as runs do.
  const months = named(true);
  if (months.length > 0) await sql`drop table ${sql.join(months)}`.execute(database);
  // Some tables refuse to be emptied, by a trigger: what they hold is kept for good.
  await database.transaction().execute(async (transaction) => {
    await sql`set local session_replication_role = replica`.execute(transaction);
    await sql`truncate ${sql.join(named(false))} restart identity cascade`.execute(transaction);
  });
}

function handle(
  database: Database,
  connection: BossOptions['connection'],
  drop: () => Promise<void>,
  ownsDatabase = true,
): TestDatabase {
  const bosses: PgBoss[] = [];
  return {
    database,
    connection,
    async boss() {
      const boss = await startBoss({ connection, log, superviseSeconds: 1 });
      // The embedded database keeps pg-boss's tables from one test to the next: to create them takes a second.
      if (!ownsDatabase && bosses.length === 0) await boss.deleteAllJobs();
      bosses.push(boss);
      return boss;
    },
    async destroy() {
      for (const boss of bosses) await boss.stop({ graceful: false });
      // Destroying it would close the one PGlite that other tests go on using.
      if (ownsDatabase) await database.destroy();
      await drop();
    },
  };
}

async function makeTemplate(): Promise<string> {
  const { url } = await emptyServerDatabase();
  const database = openDatabase({ url, poolSize: 1, onError: () => undefined });
  await migrate(database);
  const boss = await startBoss({ connection: { url }, log });
  await prepareDeliveryQueues(boss, { retryDelaySeconds: 0, longestRetrySeconds: 1, heartbeatSeconds: 10 });
  await boss.stop({ graceful: false });
  await database.destroy();
  return new URL(url).pathname.slice(1);
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
