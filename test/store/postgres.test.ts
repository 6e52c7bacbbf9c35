import { sql } from 'kysely';
import { afterAll, afterEach, describe } from 'vitest';
import type { Database } from '../../src/database/connect.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import {
  dropTemplate,
  embeddedDatabase,
  missingServer,
  serverDatabase,
  type TestDatabase,
} from '../database/test-database.ts';
import { storeContract } from './contract.ts';
import { clock, keepingLog } from './sample.ts';

const databases: TestDatabase[] = [];
afterEach(async () => {
  for (const each of databases.splice(0)) await each.destroy();
});
afterAll(dropTemplate);

/** Has the database refuse every row of a run, which is written beside other parts of a change. */
async function refuseRuns(database: Database): Promise<() => Promise<void>> {
  await sql`create function offbeat.refuse_run() returns trigger language plpgsql
    as $$ begin raise exception 'refused'; end $$`.execute(database);
  await sql`create trigger refuse_run before insert on offbeat.runs
    for each row execute function offbeat.refuse_run()`.execute(database);
  return async () => {
    await sql`drop function offbeat.refuse_run cascade`.execute(database);
  };
}

const missing = await missingServer();

function contractOn(name: string, fresh: () => Promise<TestDatabase>, cacheBytes?: number): void {
  storeContract(name, async () => {
    const opened = await fresh();
    databases.push(opened);
    const open = () =>
      openPostgresStore({
        database: opened.database,
        log: keepingLog(),
        clock,
        ...(cacheBytes === undefined ? {} : { cacheBytes }),
      });
    // A store holds nothing that is not in the database: another one finds all of it.
    return { store: open(), reopen: async () => open(), refuseWrites: () => refuseRuns(opened.database) };
  });
}

contractOn('PGlite', embeddedDatabase);
describe.skipIf(missing !== undefined)(`PostgreSQL${missing === undefined ? '' : ` (${missing})`}`, () => {
  contractOn('PostgreSQL', serverDatabase);
  contractOn('PostgreSQL with no room in memory', serverDatabase, 0);
});
