import { afterAll, afterEach, describe } from 'vitest';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import {
  closeEmbedded,
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
afterAll(async () => {
  await dropTemplate();
  await closeEmbedded();
});

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
    return { store: open(), reopen: async () => open() };
  });
}

contractOn('PGlite', embeddedDatabase);
describe.skipIf(missing !== undefined)(`PostgreSQL${missing === undefined ? '' : ` (${missing})`}`, () => {
  contractOn('PostgreSQL', serverDatabase);
  contractOn('PostgreSQL with no room in memory', serverDatabase, 0);
});
