import { afterAll, it } from 'vitest';
import { dropTemplate, missingServer } from '../database/test-database.ts';
import { onTables, survives } from './whole-life.ts';

afterAll(dropTemplate);

it('an App on PostgreSQL that is killed at many points ends with history, decisions and pull request of an undisturbed one', async (test) => {
  const missing = await missingServer();
  if (missing !== undefined) return test.skip(missing);
  await survives(onTables);
}, 600_000);
