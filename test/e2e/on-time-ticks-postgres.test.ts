import { afterAll, describe } from 'vitest';
import { dropTemplate, missingServer, serverDatabase } from '../database/test-database.ts';
import { drivesTicks, PROCESSES } from './on-time-table.ts';

const missing = await missingServer();
afterAll(dropTemplate);

describe.skipIf(missing !== undefined)(
  `a tick, on PostgreSQL with ${PROCESSES === 1 ? 'one process' : 'two processes'}${missing === undefined ? '' : ` (${missing})`}`,
  () => drivesTicks(serverDatabase),
);
