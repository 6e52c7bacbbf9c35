import { afterAll, describe } from 'vitest';
import { dropTemplate, missingServer, serverDatabase } from '../database/test-database.ts';
import { sampled } from '../sampled.ts';
import { CASES } from './on-time-cases.ts';
import { drivesTicks } from './on-time-table.ts';

describe('a tick, on files', () => drivesTicks(CASES, async () => null));

const missing = await missingServer();
afterAll(dropTemplate);
/** The long run drives all of them there; the suite those in which two processes could do something twice. */
const ON_TABLES = sampled(1, 0) > 0 ? CASES : CASES.filter(({ forTwo }) => forTwo === true);
const SKIPPED = missing === undefined ? '' : ` (${missing})`;

describe.skipIf(missing !== undefined)(`a tick, on PostgreSQL with two processes${SKIPPED}`, () =>
  drivesTicks(ON_TABLES, serverDatabase),
);
