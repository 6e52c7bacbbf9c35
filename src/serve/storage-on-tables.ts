import { systemClock } from '../clock.ts';
import { type Database, openDatabase, takesWrites } from '../database/connect.ts';
import { migrate, schemaState } from '../database/migrate.ts';
import type { StorageEnv } from '../env.ts';
import type { LostDeliveries } from '../github/redeliver-missed.ts';
import { createKeyedMutex, type KeyedMutex } from '../keyed-mutex.ts';
import type { Log } from '../log.ts';
import { startBoss } from '../queue/pg-boss/boss.ts';
import { openPgBossQueue } from '../queue/pg-boss/pg-boss-queue.ts';
import { startPgBossTimers } from '../queue/pg-boss/pg-boss-timers.ts';
import type { TimedTask } from '../queue/timers.ts';
import { holdStops } from '../store/held-stop.ts';
import { openDeploymentTable } from '../store/postgres/deployment-table.ts';
import { openExpiringKeysTable } from '../store/postgres/expiring-keys-table.ts';
import { openOperatorAuditTable } from '../store/postgres/operator-audit-table.ts';
import { openPostgresStore, type PostgresStore } from '../store/postgres/postgres-store.ts';
import { stopConditions, stuckConditions } from './storage-conditions.ts';
import type { Storage, StorageOptions } from './storage-parts.ts';
import { storageTasks } from './timed-tasks.ts';

/** Opens a pool on a database whose tables are those of this version. Throws `store-unreachable`, `store-newer`. */
export async function openMigrated(
  { url, poolSize }: NonNullable<StorageEnv['database']>,
  log: Log,
): Promise<Database> {
  const database = openDatabase({
    url,
    poolSize,
    onError: (error) => log.warn({ err: error }, 'A database connection was lost; the pool makes another'),
  });
  try {
    const applied = await migrate(database);
    if (applied.length > 0) log.info({ migrations: applied }, 'The database was brought up to date');
    return database;
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

/** The operator's decisions, keys and audit in the tables of an open database. */
export function operatorTables(database: Database): Pick<Storage, 'deployments' | 'expiringKeys' | 'audit'> {
  return {
    deployments: openDeploymentTable(database),
    expiringKeys: openExpiringKeysTable(database, systemClock),
    audit: openOperatorAuditTable(database),
  };
}

/** The store in the tables of an open database. */
export function tableStore(
  database: Database,
  { env, log, clock }: Pick<StorageOptions, 'env' | 'log' | 'clock'>,
): PostgresStore {
  return openPostgresStore({ database, log, clock, runMonths: env.keepRunMonths });
}

/** The database loses no delivery that it has accepted. */
const NOTHING_LOST: LostDeliveries = { spans: [], knows: () => true };

/** Opens the storage that any number of processes share. Throws `store-unreachable`, `store-newer`. */
export async function openTables(
  { env, log, clock, workers, tasks = () => [], handler }: StorageOptions,
  named: NonNullable<StorageEnv['database']>,
): Promise<Storage> {
  const database = await openMigrated(named, log);
  const opened: (() => Promise<unknown>)[] = [() => database.destroy()];
  try {
    const store = tableStore(database, { env, log, clock });
    const operator = operatorTables(database);
    const deployments = holdStops(operator.deployments, log);
    opened.push(async () => deployments.close());
    const boss = await startBoss({ connection: { url: named.url }, log });
    opened.push(() => boss.stop({ graceful: true }));
    const queue = await openPgBossQueue({
      database,
      boss,
      transactions: store,
      // No lock: where another transaction has changed the repository, this one is rolled back and repeated.
      handle: await handler(store, deployments, (_repositoryId, work) => work()),
      log,
      clock,
      concurrency: workers,
    });
    opened.push(() => queue.drain());
    const sweeping: TimedTask = {
      name: 'retention',
      every: 'day',
      run: async () => log.info(await store.sweep(), 'Retention was applied'),
    };
    return {
      store,
      queue,
      ...operator,
      deployments,
      lockRepository: inTransactions(store),
      changeTicks: inTransactions(store),
      async beginTimedWork() {
        if (workers === 0) return;
        const timers = await startPgBossTimers(
          boss,
          [sweeping, ...storageTasks({ store, queue, deployments, clock, log }), ...tasks(NOTHING_LOST)],
          log,
        );
        opened.push(() => timers.stop());
      },
      damage: async () => [],
      replaying: () => queue.replaying(),
      problems: () => databaseProblems(database),
      conditions: async () => [
        ...(await stopConditions(deployments)),
        ...stuckConditions(queue, workers !== 0),
      ],
      close: () => closeAll(opened),
    };
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

/** Work on a repository in a transaction, one at a time here, again where another process changed it meanwhile. */
function inTransactions(store: PostgresStore): KeyedMutex {
  const lockRepository = createKeyedMutex();
  return (repositoryId, work) => lockRepository(repositoryId, () => store.inTransaction(work));
}

/** A sentence on why deliveries cannot be accepted into the database; none where they can. */
async function databaseProblems(database: Database): Promise<readonly string[]> {
  try {
    if (!(await takesWrites(database)))
      return ['The database is read-only: DATABASE_URL has to name the primary.'];
    const { missing } = await schemaState(database);
    return missing.length === 0 ? [] : [`The database lacks ${missing.join(', ')}: run "offbeat migrate".`];
  } catch {
    return ['The database does not answer.'];
  }
}

/** The last opened is the first closed. */
async function closeAll(opened: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const close of opened.toReversed()) await close();
}
