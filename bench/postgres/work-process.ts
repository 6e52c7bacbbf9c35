import { setTimeout as wait } from 'node:timers/promises';
import { openDatabase } from '../../src/database/connect.ts';
import { startBoss } from '../../src/queue/pg-boss/boss.ts';
import { openPgBossQueue } from '../../src/queue/pg-boss/pg-boss-queue.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { observe } from './learning.ts';

/** A worker on the database in `argv[2]`, whose calls of GitHub take `argv[3]` milliseconds, one for each delivery. */
const [, , url = '', callMs = '0'] = process.argv;
const log = { debug() {}, info() {}, warn: console.error, error: console.error };
const clock = { now: () => Date.now() };

const database = openDatabase({ url, poolSize: 10, onError: console.error });
const store = openPostgresStore({ database, log, clock });
await openPgBossQueue({
  database,
  boss: await startBoss({ connection: { url }, log }),
  transactions: store,
  async handle(job) {
    await wait(Number(callMs));
    await observe(store, job);
  },
  log,
  clock,
});
process.send?.('ready');
// The bench may have been stopped.
process.on('disconnect', () => process.exit());
