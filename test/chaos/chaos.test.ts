import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endure } from './endure.ts';
import { type PrivatePostgres, postgresPrograms, startPrivatePostgres } from './private-postgres.ts';

/**
 * Between them these have each kind of bad way, a kill, a pause, a full disk, clock jumps, poison, an immediate restart
 * of the database; while ticks are served, all of these but poison, errors and lost answers. They have as few kills as
 * that allows, since each start takes seconds, and no bad answers of GitHub, after which less can be compared. Others
 * are tried by `npm run chaos`.
 */
const SEEDS_ON_FILES = [2395];
const SEEDS_ON_POSTGRES = [5521];
const LONGEST_MS = 300_000;

describe('an App under faults ends with what sequential handling in the accepted order gives', () => {
  it.each(SEEDS_ON_FILES)(
    'on files, seed %i',
    async (seed) => {
      const { broken } = await endure(seed, 'files');
      expect(broken).toEqual([]);
    },
    LONGEST_MS,
  );

  describe('on PostgreSQL', () => {
    let server: PrivatePostgres | undefined;
    beforeAll(async () => {
      const programs = await postgresPrograms();
      // Where a server was named, PostgreSQL has to be there.
      if (programs === undefined && process.env.OFFBEAT_TEST_DATABASE_URL !== undefined)
        throw new Error('PostgreSQL is not installed here: there is no initdb.');
      server = programs === undefined ? undefined : await startPrivatePostgres(programs);
    });
    afterAll(() => server?.stop());

    it.for(SEEDS_ON_POSTGRES)('seed %i', { timeout: LONGEST_MS }, async (seed, { skip }) => {
      if (server === undefined) return skip('there is no initdb here');
      const { broken } = await endure(seed, 'postgres', { server });
      expect(broken).toEqual([]);
    });
  });
});
