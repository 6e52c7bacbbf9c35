import type { Clock, Waits } from '../clock.ts';
import { type Database, openDatabase } from '../database/connect.ts';
import { migrate, schemaState } from '../database/migrate.ts';
import { RoomProbe } from '../disk/room.ts';
import type { StorageEnv } from '../env.ts';
import { OffbeatError } from '../errors.ts';
import type { LostDeliveries } from '../github/redeliver-missed.ts';
import { createKeyedMutex, type KeyedMutex } from '../keyed-mutex.ts';
import type { Log } from '../log.ts';
import { createInProcessQueue } from '../queue/in-process.ts';
import { startInProcessTimers } from '../queue/in-process-timers.ts';
import { startBoss } from '../queue/pg-boss/boss.ts';
import { openPgBossQueue } from '../queue/pg-boss/pg-boss-queue.ts';
import { startPgBossTimers } from '../queue/pg-boss/pg-boss-timers.ts';
import type { AcceptedJob, Queue } from '../queue/queue.ts';
import type { TimedTask, Timers } from '../queue/timers.ts';
import { openDeploymentFile } from '../store/deployment-file.ts';
import { openExpiringKeysFile } from '../store/expiring-keys-file.ts';
import { holdStops } from '../store/held-stop.ts';
import { openLowdbStore } from '../store/lowdb/lowdb-store.ts';
import { openOperatorAuditFile } from '../store/operator-audit-file.ts';
import { openDeploymentTable } from '../store/postgres/deployment-table.ts';
import { openExpiringKeysTable } from '../store/postgres/expiring-keys-table.ts';
import { openOperatorAuditTable } from '../store/postgres/operator-audit-table.ts';
import { openPostgresStore, type PostgresStore } from '../store/postgres/postgres-store.ts';
import type { WholeStore } from '../store/whole-store.ts';
import type { Condition } from '../telemetry/conditions.ts';
import { forgetRemoved } from '../usecases/maintenance/forget-removed.ts';
import type { Deployments, ExpiringKeys, OperatorAudit, Store } from '../usecases/ports.ts';
import { tending, turning } from './timed-tasks.ts';

/** Sessions and codes live by the system's clock, whatever time the App is told. */
const systemClock: Clock = { now: () => Date.now() };

type JobHandler = (job: AcceptedJob) => Promise<void>;

export interface StorageOptions {
  readonly env: StorageEnv;
  readonly log: Log;
  readonly clock: Clock;
  /** By which tries of jobs and timed work on files wait; the machine's own time where left out. */
  readonly waits?: Waits;
  /** Jobs handled at once by this process; 0: none, and no timed work either. Absent: as many as the queue likes. */
  readonly workers?: number;
  /** Makes timed work beside the storage's own. */
  readonly tasks?: (lost: LostDeliveries) => readonly TimedTask[];
  /** Makes the handler of accepted jobs; by `lockRepository` a job of an installation has a repository to itself. */
  readonly handler: (
    store: Store,
    deployments: Deployments,
    lockRepository: KeyedMutex,
  ) => JobHandler | Promise<JobHandler>;
}

/** Everything that outlives the process, and the work on it. */
export interface Storage {
  readonly store: WholeStore;
  readonly queue: Queue;
  readonly deployments: Deployments;
  readonly expiringKeys: ExpiringKeys;
  readonly audit: OperatorAudit;
  /** Runs what somebody has asked for as if it were a job: alone on its repository, all of it or nothing. */
  readonly lockRepository: KeyedMutex;
  /** Changes the ticks of a repository one at a time; a job of it that takes long holds nobody up. */
  readonly changeTicks: KeyedMutex;
  /** Begins the timed work; what came due meanwhile is done at once. Does nothing in a process without workers. */
  beginTimedWork(): Promise<void>;
  /** Sentences on what keeps deliveries from being accepted durably; none where all is well. */
  problems(): Promise<readonly string[]>;
  /** What is amiss while deliveries are accepted. */
  conditions(): Promise<readonly Condition[]>;
  /** Sentences on damage that was found and mended as far as it could be; an operator looks at it. */
  damage(): Promise<readonly string[]>;
  /** Deliveries of an earlier process that are not handled yet: answers do not hold them. */
  replaying(): number;
  /** Finishes what is running, makes it safe and closes. */
  close(): Promise<void>;
}

/** Opens files or, where one is named, the database. Throws `store-locked`, `store-unreachable`, `store-newer`. */
export function openStorage(options: StorageOptions): Promise<Storage> {
  const { database } = options.env;
  return database === undefined ? openFiles(options) : openTables(options, database);
}

/** What the operator has decided, without opening the store: the App may be running on it. */
export async function openDeployments({
  env,
  log,
}: Pick<StorageOptions, 'env' | 'log'>): Promise<
  Pick<Storage, 'deployments' | 'expiringKeys' | 'audit' | 'close'>
> {
  if (env.database === undefined) {
    return {
      deployments: openDeploymentFile(env.dataDirectory),
      expiringKeys: openExpiringKeysFile(env.dataDirectory, systemClock, 'terminal'),
      audit: openOperatorAuditFile(env.dataDirectory),
      close: async () => undefined,
    };
  }
  const database = await openMigrated(env.database, log);
  return {
    deployments: openDeploymentTable(database),
    expiringKeys: openExpiringKeysTable(database, systemClock),
    audit: openOperatorAuditTable(database),
    close: () => database.destroy(),
  };
}

/** The store alone, for a command that handles no deliveries. Throws as `openStorage` does. */
export async function openStore({
  env,
  log,
  clock,
}: Pick<StorageOptions, 'env' | 'log' | 'clock'>): Promise<Pick<Storage, 'store' | 'close'>> {
  if (env.database === undefined) {
    const store = await openLowdbStore({ directory: env.dataDirectory, log, clock });
    return { store, close: () => store.close() };
  }
  const database = await openMigrated(env.database, log);
  return { store: tableStore(database, { env, log, clock }), close: () => database.destroy() };
}

async function openFiles({
  env,
  log,
  clock,
  waits,
  workers,
  tasks = () => [],
  handler,
}: StorageOptions): Promise<Storage> {
  const waiting = waits === undefined ? {} : { waits };
  const store = await openLowdbStore({
    directory: env.dataDirectory,
    log,
    clock,
    // The journals are the other process's now, and nothing here may touch them again. A supervisor starts this one
    // anew.
    onLockLost: () => process.exit(1),
  });
  const lockRepository = createKeyedMutex();
  const deployments = holdStops(openDeploymentFile(env.dataDirectory), log);
  const handle = await handler(store, deployments, lockRepository);
  const queue = await createInProcessQueue({
    data: store.data,
    handle: (job) =>
      job.repositoryId === null ? handle(job) : lockRepository(job.repositoryId, () => handle(job)),
    log,
    clock,
    random: Math.random,
    ...waiting,
    ...(workers === undefined ? {} : { concurrency: workers }),
  });
  const room = new RoomProbe(env.dataDirectory);
  let timers: Timers | undefined;
  return {
    store,
    queue,
    deployments,
    expiringKeys: openExpiringKeysFile(env.dataDirectory, systemClock),
    audit: openOperatorAuditFile(env.dataDirectory),
    lockRepository,
    changeTicks: createKeyedMutex(),
    async beginTimedWork() {
      if (workers === 0) return;
      timers = await startInProcessTimers({
        directory: env.dataDirectory,
        // Files are kept within their bounds as they grow.
        tasks: [
          forgetting({ store, clock, log }),
          tending({ store, queue, clock }),
          turning({ deployments, clock }),
          ...tasks({ spans: queue.lost, knows: (guid) => queue.knows(guid) }),
        ],
        clock,
        log,
        ...waiting,
      });
    },
    problems: async () => [...store.problems(), ...diskProblems(await room.look())],
    conditions: async () => [
      ...(await stopConditions(deployments)),
      ...stuckConditions(queue, workers !== 0),
      ...store.unwritten().map((sentence) => ({ name: 'documents-unwritten', sentence }) as const),
    ],
    damage: () => store.damage(),
    replaying: () => queue.replaying(),
    async close() {
      deployments.close();
      await timers?.stop();
      await queue.drain();
      await store.close();
    },
  };
}

async function openMigrated(
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

function tableStore(
  database: Database,
  { env, log, clock }: Pick<StorageOptions, 'env' | 'log' | 'clock'>,
): PostgresStore {
  const { keepRunMonths } = env;
  return openPostgresStore({
    database,
    log,
    clock,
    ...(keepRunMonths === undefined ? {} : { runMonths: keepRunMonths }),
  });
}

/** The database itself sees to that. */
const NOTHING_LOST: LostDeliveries = { spans: [], knows: () => true };

async function openTables(
  { env, log, clock, workers, tasks = () => [], handler }: StorageOptions,
  named: NonNullable<StorageEnv['database']>,
): Promise<Storage> {
  const database = await openMigrated(named, log);
  const opened: (() => Promise<unknown>)[] = [() => database.destroy()];
  try {
    const store = tableStore(database, { env, log, clock });
    const deployments = holdStops(openDeploymentTable(database), log);
    opened.push(async () => deployments.close());
    const boss = await startBoss({ connection: { url: named.url }, log });
    opened.push(() => boss.stop({ graceful: true }));
    const queue = await openPgBossQueue({
      database,
      boss,
      transactions: store,
      // Who has changed what another has changed meanwhile does it again: that keeps them apart here.
      handle: await handler(store, deployments, (_repositoryId, work) => work()),
      log,
      clock,
      ...(workers === undefined ? {} : { concurrency: workers }),
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
      deployments,
      expiringKeys: openExpiringKeysTable(database, systemClock),
      audit: openOperatorAuditTable(database),
      lockRepository: inTransactions(store),
      changeTicks: inTransactions(store),
      async beginTimedWork() {
        if (workers === 0) return;
        const timers: Timers = await startPgBossTimers(
          boss,
          [
            sweeping,
            forgetting({ store, clock, log }),
            tending({ store, queue, clock }),
            turning({ deployments, clock }),
            ...tasks(NOTHING_LOST),
          ],
          log,
        );
        opened.push(() => timers.stop());
      },
      damage: async () => [],
      // Other processes have gone on with them meanwhile.
      replaying: () => 0,
      problems: () => tableProblems(async () => (await schemaState(database)).missing),
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

/**
 * Other processes work on the same repository: what was changed meanwhile has the work done again, as it has a job's.
 */
function inTransactions(store: PostgresStore): KeyedMutex {
  const lockRepository = createKeyedMutex();
  return (repositoryId, work) => lockRepository(repositoryId, () => store.inTransaction(work));
}

/** The last opened is the first closed. */
async function closeAll(opened: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const close of opened.toReversed()) await close();
}

/** Deliveries that have waited so long while this process works on none: its own hands are tied. */
const STUCK_AFTER_SECONDS = 15 * 60;

async function tableProblems(
  missingMigrations: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  try {
    const missing = await missingMigrations();
    return missing.length === 0 ? [] : [`The database lacks ${missing.join(', ')}: run "offbeat migrate".`];
  } catch {
    return ['The database does not answer.'];
  }
}

/** The sentence where the operator's decisions cannot be read; a database that is away has one of its own. */
async function stopConditions(deployments: Deployments): Promise<readonly Condition[]> {
  try {
    await deployments.load();
    const unkept = deployments.unkept?.() ?? null;
    if (unkept === null) return [];
    const sentence = `The emergency stop holds in this process, and could not be kept: ${unkept} It is tried again.`;
    return [{ name: 'stop-unkept', sentence }];
  } catch (error) {
    if (!(error instanceof OffbeatError)) throw error;
    if (error.code !== 'stop-unreadable') return [];
    return [{ name: 'stop-unreadable', sentence: `${error.sentence} Deliveries wait until then.` }];
  }
}

function diskProblems(error: unknown): readonly string[] {
  if (error === null) return [];
  const isFull = error instanceof OffbeatError && error.code === 'store-full';
  return isFull
    ? ['The disk takes no more data, and deliveries are refused: make room in the data directory.']
    : ['Nothing can be written into the data directory: look at its permissions and at the disk.'];
}

function stuckConditions(queue: Queue, works: boolean): readonly Condition[] {
  const { waiting, running, oldestAgeSeconds } = queue.stats();
  const isStuck = works && waiting > 0 && running === 0 && oldestAgeSeconds > STUCK_AFTER_SECONDS;
  if (!isStuck) return [];
  const minutes = Math.round(oldestAgeSeconds / 60);
  return [{ name: 'queue-stuck', sentence: `${waiting} deliveries wait, the oldest for ${minutes} min.` }];
}

function forgetting(context: { readonly store: Store; readonly clock: Clock; readonly log: Log }): TimedTask {
  return {
    name: 'forget-removed',
    every: 'hour',
    async run() {
      await forgetRemoved(context);
    },
  };
}
