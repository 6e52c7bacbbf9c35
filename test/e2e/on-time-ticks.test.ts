import { afterAll, describe } from 'vitest';
import { dropTemplate, missingServer, serverDatabase } from '../database/test-database.ts';
import { sampled } from '../sampled.ts';
import { drivesTicks } from './on-time-table.ts';

describe('a tick, on files', () => drivesTicks(async () => null));

/* The long run drives the same on a database with two processes. */
if (sampled(1, 0) > 0) {
  const missing = await missingServer();
  afterAll(dropTemplate);
  describe.skipIf(missing !== undefined)(
    `a tick, on PostgreSQL with two processes${missing === undefined ? '' : ` (${missing})`}`,
    () => drivesTicks(serverDatabase),
  );
}
