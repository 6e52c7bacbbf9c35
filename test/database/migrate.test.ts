import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { afterEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/database/connect.ts';
import { migrate, schemaState } from '../../src/database/migrate.ts';
import { MIGRATIONS } from '../../src/database/migrations/all.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { clock, keepingLog, profile, run } from '../store/sample.ts';
import { embeddedDatabase, emptyServerDatabase, missingServer } from './test-database.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function emptyEmbedded(): Promise<Database> {
  const { database } = await embeddedDatabase();
  await sql`drop schema offbeat cascade`.execute(database);
  return database;
}

async function emptyOnServer(): Promise<Database> {
  const { url, drop } = await emptyServerDatabase();
  const database = openDatabase({ url, poolSize: 4, onError: () => undefined });
  cleanups.push(drop, () => database.destroy());
  return database;
}

const missing = await missingServer();
const later: Migration = { up: async () => undefined };
const names = Object.keys(MIGRATIONS);

const storeOn = (database: Database) => openPostgresStore({ database, log: keepingLog(), clock });

describe.each([
  ['PGlite', emptyEmbedded, undefined],
  [`PostgreSQL${missing === undefined ? '' : ` (${missing})`}`, emptyOnServer, missing],
] as const)('migrations on %s', (_name, empty, reason) => {
  describe.skipIf(reason !== undefined)('where there is a server', () => {
    it('make the tables of an empty database, and then have nothing to do', async () => {
      const database = await empty();
      expect(await schemaState(database)).toEqual({ applied: [], missing: names, unknown: [] });
      expect(await migrate(database)).toEqual(names);
      expect(await migrate(database)).toEqual([]);
      expect(await schemaState(database)).toEqual({ applied: names, missing: [], unknown: [] });
    });

    it('find the dead letters of a delivery by an index', async () => {
      const database = await empty();
      await migrate(database);
      const plan = await database.transaction().execute(async (transaction) => {
        await sql`set local enable_seqscan = off`.execute(transaction);
        return sql`explain delete from offbeat.dead_letters where delivery_id = 'd' and event = 'e'`.execute(
          transaction,
        );
      });
      expect(JSON.stringify(plan.rows)).toContain('dead_letters_delivery_id_idx');
    });

    it('have what was learned compressed lightly where the server can', async () => {
      const database = await empty();
      await migrate(database);
      const { rows } = await sql<{ can: boolean; compression: string; storage: string }>`
        select attcompression as compression, attstorage as storage, (select 'lz4' = any(enumvals) from pg_settings
          where name = 'default_toast_compression') as can
        from pg_attribute where attrelid = 'offbeat.learned_parts'::regclass and attname = 'state'`.execute(
        database,
      );
      const [state] = rows;
      expect([state?.compression, state?.storage]).toEqual(state?.can === true ? ['l', 'm'] : ['', 'x']);
    });

    it('refuse a database of a newer version, and change nothing in it', async () => {
      const database = await empty();
      await migrate(database, { ...MIGRATIONS, '999-from-the-future': later });
      await expect(migrate(database)).rejects.toMatchObject({
        code: 'store-newer',
        message: expect.stringContaining('999-from-the-future'),
      });
      expect((await schemaState(database)).unknown).toEqual(['999-from-the-future']);
    });

    it.each([
      ['decisions', `update offbeat.decisions set id = 'other'`],
      ['decisions', 'delete from offbeat.decisions'],
      ['decisions', 'truncate offbeat.decisions'],
      ['audit', `update offbeat.audit set event = '{}'`],
      ['audit', 'delete from offbeat.audit'],
      ['operator_audit', 'delete from offbeat.operator_audit'],
      ['operator_audit', `update offbeat.operator_audit set action = 'nothing'`],
      ['operator_audit', 'truncate offbeat.operator_audit'],
    ])('keep %s from being changed: %s', async (_table, statement) => {
      const database = await empty();
      await migrate(database);
      await storeOn(database).apply(1, { profile: profile(1), runs: [run(1)] });
      await sql`insert into offbeat.decisions (repository_id, id, at, decision) values (1, 'a', now(), '{}')`.execute(
        database,
      );
      await sql`insert into offbeat.audit (repository_id, event) values (1, '{}')`.execute(database);
      await sql`insert into offbeat.operator_audit (action, details) values ('tried', '{}')`.execute(
        database,
      );
      await expect(sql.raw(statement).execute(database)).rejects.toThrow(/append-only/);
    });

    it('let decisions and audit go with their repository, and keep that it was there', async () => {
      const database = await empty();
      await migrate(database);
      const store = storeOn(database);
      await store.apply(1, { profile: profile(1), runs: [run(1)] });
      await sql`insert into offbeat.decisions (repository_id, id, at, decision) values (1, 'a', now(), '{}')`.execute(
        database,
      );
      await store.delete(1);
      const { rows } = await sql`select action, repository_id, details from offbeat.operator_audit`.execute(
        database,
      );
      expect(rows).toEqual([{ action: 'repository-deleted', repository_id: 1, details: { runs: 1 } }]);
    });
  });
});

describe.skipIf(missing !== undefined)(
  `several processes${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    it('that start together migrate once', async () => {
      const { url, drop } = await emptyServerDatabase();
      const databases = [1, 2, 3].map(() => openDatabase({ url, poolSize: 2, onError: () => undefined }));
      cleanups.push(drop, ...databases.map((each) => () => each.destroy()));
      const applied = await Promise.all(databases.map((each) => migrate(each)));
      expect(applied.flat().toSorted()).toEqual(names);
    });

    it('are no fault of ours where the database ends them', async () => {
      const database = await emptyOnServer();
      const slow: Migration = {
        async up(transaction) {
          await sql`set local statement_timeout = 1`.execute(transaction);
          await sql`select pg_sleep(60)`.execute(transaction);
        },
      };
      await expect(migrate(database, { ...MIGRATIONS, '999-slow': slow })).rejects.toMatchObject({
        code: 'store-unreachable',
      });
    });

    it('say so where the database does not answer', async () => {
      const database = openDatabase({
        url: 'postgres://nobody@127.0.0.1:1/nothing',
        poolSize: 1,
        onError: () => undefined,
      });
      cleanups.push(() => database.destroy());
      await expect(migrate(database)).rejects.toMatchObject({ code: 'store-unreachable' });
    });
  },
);
