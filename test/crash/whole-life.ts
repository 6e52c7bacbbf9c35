import pg from 'pg';
import { expect } from 'vitest';
import { openDatabase } from '../../src/database/connect.ts';
import { seededRandom } from '../../src/plan/random.ts';
import { BOSS_SCHEMA } from '../../src/queue/pg-boss/boss.ts';
import { openLowdbStore } from '../../src/store/lowdb/lowdb-store.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { serverDatabase } from '../database/test-database.ts';
import { sampled } from '../sampled.ts';
import { clock, keepingLog } from '../store/sample.ts';
import { type Backend, type KillPoint, liveAndDie, temporaryDirectory } from './replayed-life.ts';

/** The points differ with it: `OFFBEAT_TEST_SEED=7 npx vitest run test/crash`. */
const SEED = Number(process.env.OFFBEAT_TEST_SEED ?? 1);
/** Fifty in the long run. A life on files is lived once without a kill, and one of each store with these. */
const KILLS = sampled(50, 8);
/** All that a life without a death has: the tree, the commit, the branch, the pull request. */
const NEW_WRITES = 4;
const REQUESTS_TO_DIE_AT = 2;
/** Before the first decision, which only the writes above shall disturb. */
const REQUESTS = 9;
/** A little fewer than a life has, for the last point to be followed by some life. */
const DELIVERIES = sampled(290, 150);
const LONGEST_DELAY_MS = 8;

export async function onFiles(): Promise<Backend> {
  const directory = await temporaryDirectory();
  return {
    env: { dataDirectory: directory.path },
    open: () => openLowdbStore({ directory: directory.path, log: keepingLog(), clock }),
    drop: directory.remove,
  };
}

/** Points that every life reaches, however often it was begun anew. */
function killPoints(seed: number): readonly KillPoint[] {
  const random = seededRandom(seed);
  const upTo = (limit: number): number => 1 + Math.floor(limit * random());
  const writes = Array.from(
    { length: NEW_WRITES },
    (_, index): KillPoint => ({ kind: 'new write', number: index + 1 }),
  );
  const requests = Array.from(
    { length: REQUESTS_TO_DIE_AT },
    (): KillPoint => ({ kind: 'request', number: upTo(REQUESTS) }),
  );
  const count = KILLS - writes.length - requests.length;
  // One in each of as many equal stretches: at random places, and never many at one delivery.
  const deliveries = Array.from(
    { length: count },
    (_, stretch): KillPoint => ({
      kind: 'delivery',
      number: 1 + Math.floor((DELIVERIES * (stretch + random())) / count),
      delayMs: Math.floor(LONGEST_DELAY_MS * random()),
    }),
  );
  return [...writes, ...requests, ...deliveries];
}

export async function onTables(): Promise<Backend> {
  const directory = await temporaryDirectory();
  const { url, destroy } = await serverDatabase();
  return {
    env: { dataDirectory: directory.path, database: { url, poolSize: 4 } },
    async open() {
      const database = openDatabase({ url, poolSize: 1, onError: () => undefined });
      const store = openPostgresStore({ database, log: keepingLog(), clock });
      return {
        load: (id) => store.load(id),
        async close() {
          await store.close();
          await database.destroy();
        },
      };
    },
    async buryTheDead() {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      // What the supervisor does half a minute after the last heartbeat, without the half minute.
      await client.query(
        `update ${BOSS_SCHEMA}.job set state = 'retry', start_after = now() where state = 'active'`,
      );
      await client.end();
    },
    async drop() {
      await destroy();
      await directory.remove();
    },
  };
}

/** Lives once on files without a death and once with all of them, and expects the same to be left of both. */
export async function survives(open: () => Promise<Backend>): Promise<void> {
  const expected = await liveAndDie(await onFiles(), []);
  expect(expected.pulls).toHaveLength(1);
  const remains = await liveAndDie(await open(), killPoints(SEED));
  expect(remains).toEqual({ ...expected, kills: KILLS });
}
