import type { PgBoss } from 'pg-boss';
import type { Database } from '../../src/database/connect.ts';
import { openPgBossQueue } from '../../src/queue/pg-boss/pg-boss-queue.ts';
import type { Queue } from '../../src/queue/queue.ts';
import type { PostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { benchLog, systemClock } from './context.ts';

/** A queue that accepts only: the work is that of other processes. */
export function openAccepting(database: Database, boss: PgBoss, transactions: PostgresStore): Promise<Queue> {
  return openPgBossQueue({
    database,
    boss,
    transactions,
    handle: async () => undefined,
    log: benchLog,
    clock: systemClock,
    concurrency: 0,
  });
}
