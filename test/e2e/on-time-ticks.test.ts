import { afterAll, describe } from 'vitest';
import { dropTemplate, missingServer, serverDatabase } from '../database/test-database.ts';
import { sampled } from '../sampled.ts';
import { drivesTicks } from './on-time-table.ts';

describe('a tick, on files', () => drivesTicks(async () => null));

/*
 * The long run drives the same on a database with two processes. There a tick that waits for something is now and then
 * left waiting for hours of the simulated time; whether by the App or by that time is not known yet.
 */
if (sampled(1, 0) > 0) {
  const missing = await missingServer();
  afterAll(dropTemplate);
  describe.skipIf(missing !== undefined)(
    `a tick, on PostgreSQL with two processes${missing === undefined ? '' : ` (${missing})`}`,
    () => drivesTicks(serverDatabase),
  );
}
