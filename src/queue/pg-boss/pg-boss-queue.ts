import { fromKysely, type PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import type { Database, Transaction } from '../../database/connect.ts';
import { withDatabaseErrors } from '../../database/failure.ts';
import { OffbeatError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import {
  type Acceptance,
  type AcceptedJob,
  crashedTooOften,
  type DeadLetter,
  isPermanentFailure,
  Job,
  keysOf,
  letterOfJob,
  letterOfUnreadable,
  type Queue,
  type QueueStats,
  statedWaitOf,
  type Unreadable,
} from '../queue.ts';
import { Acceptor, enqueue } from './acceptor.ts';
import {
  addDeadLetter,
  dropDeadLetter,
  listDeadLetters,
  removeLettersOf,
  takeDeadLetter,
} from './dead-letter-table.ts';
import { DELIVERY_QUEUES, prepareDeliveryQueues, type RetryAndHeartbeat } from './delivery-queues.ts';
import {
  ARRIVALS_CHANNEL,
  countDeliveries,
  databaseTime,
  queuesOfNotification,
  removeOpenDelivery,
} from './open-deliveries-table.ts';
import { OrderedIds, sequenceOf } from './ordered-ids.ts';
import { forgetKeys, rememberKeys } from './seen-keys-table.ts';
import { attemptOf, type ClaimedJob, WorkerPool } from './worker-pool.ts';

/** Handlers mostly wait for GitHub; more at once would only meet its limits, and others have slots too. */
const CONCURRENCY = 8;
/** Tries of one job, spread over about two minutes: a restart of GitHub's API passes, a bug in a handler does not. */
const MAX_ATTEMPTS = 8;
const RETRY_DELAY_SECONDS = 1;
const LONGEST_RETRY_SECONDS = 300;
const HEARTBEAT_SECONDS = 20;
const STATS_EVERY_MS = 5_000;
const IDLE_LOOK_MS = 50;

/** Stores the changes of a job in one transaction with its completion. */
export interface JobTransactions {
  /** Writes the changes of `work` and of `settle`, or nothing where either throws. `work` may run more than once. */
  inTransaction<T>(
    work: () => Promise<T>,
    settle: (transaction: Transaction, result: T) => Promise<void>,
  ): Promise<T>;
}

export interface PgBossQueueOptions extends Partial<Omit<RetryAndHeartbeat, 'longestRetrySeconds'>> {
  readonly database: Database;
  /** A started instance; the caller stops it. */
  readonly boss: PgBoss;
  readonly transactions: JobTransactions;
  readonly handle: (job: AcceptedJob) => Promise<void>;
  readonly log: Log;
  readonly clock: Clock;
  /** Jobs handled at once by this process; with 0 it accepts jobs and leaves them to other processes. */
  readonly concurrency?: number | undefined;
  readonly maxAttempts?: number;
}

/** Opens the queue of this process on a database that others share. */
export async function openPgBossQueue(options: PgBossQueueOptions): Promise<PgBossQueue> {
  await withDatabaseErrors(() =>
    prepareDeliveryQueues(options.boss, {
      retryDelaySeconds: options.retryDelaySeconds ?? RETRY_DELAY_SECONDS,
      longestRetrySeconds: LONGEST_RETRY_SECONDS,
      heartbeatSeconds: options.heartbeatSeconds ?? HEARTBEAT_SECONDS,
    }),
  );
  const queue = new PgBossQueue(options);
  await queue.start();
  return queue;
}

/** A job as pg-boss keeps it. */
const QueuedJob = Job.extend({
  /** Tries that ended with a stated time for the next one: they do not count. */
  uncountedTries: z.number().int().nonnegative().default(0),
});
type QueuedJob = z.infer<typeof QueuedJob>;

/** Why a job is given up for good; `null` where it was handled. */
type FinalFailure = { readonly error: unknown } | null;

/** The queue of many processes on one database: a group's jobs run in order, and commit with their effects. */
export class PgBossQueue implements Queue {
  readonly #options: PgBossQueueOptions;
  readonly #acceptor: Acceptor;
  readonly #ids: OrderedIds;
  readonly #workers: WorkerPool;
  #statsTimer: NodeJS.Timeout | undefined;
  #stats: QueueStats = { waiting: 0, running: 0, deadLetters: 0, oldestAgeSeconds: 0 };
  #replaying = 0;
  #startedAt = new Date(0);
  #closing: Promise<void> | undefined;

  constructor(options: PgBossQueueOptions) {
    const { boss, clock, database, log } = options;
    this.#options = options;
    this.#ids = new OrderedIds(() => clock.now());
    this.#acceptor = new Acceptor(database, boss, this.#ids);
    this.#workers = new WorkerPool({
      boss,
      queues: DELIVERY_QUEUES,
      handle: (queue, claimed) => this.#handle(queue, claimed),
      listen: (wake) => listenForArrivals(boss, wake),
      log,
      heartbeatSeconds: options.heartbeatSeconds ?? HEARTBEAT_SECONDS,
    });
  }

  async start(): Promise<void> {
    this.#startedAt = await databaseTime(this.#options.database);
    await this.#workers.start(this.#options.concurrency ?? CONCURRENCY);
    await this.#readStats();
    this.#statsTimer = setInterval(() => {
      this.#readStats().catch((error: unknown) => {
        this.#options.log.warn({ err: error }, 'The queue could not be counted');
      });
    }, STATS_EVERY_MS);
    this.#statsTimer.unref();
  }

  async accept(job: Job): Promise<Acceptance> {
    if (this.#closing !== undefined)
      throw new OffbeatError('queue-closed', 'The queue takes no more deliveries.');
    return this.#acceptor.accept(job);
  }

  async reject(delivery: Unreadable): Promise<void> {
    const { clock, database } = this.#options;
    await addDeadLetter(database, letterOfUnreadable(delivery, clock.now()));
  }

  deadLetters(): Promise<readonly DeadLetter[]> {
    return listDeadLetters(this.#options.database);
  }

  redrive(id: string): Promise<boolean> {
    const { database, boss } = this.#options;
    return database.transaction().execute(async (transaction) => {
      const job = await takeDeadLetter(transaction, id);
      if (job === null) return false;
      await rememberKeys(transaction, keysOf(job));
      await enqueue(boss, transaction, [job], this.#ids);
      return true;
    });
  }

  drop(id: string): Promise<boolean> {
    return this.#options.database.transaction().execute((transaction) => dropDeadLetter(transaction, id));
  }

  async idle(): Promise<void> {
    for (;;) {
      await this.#acceptor.finished();
      const { open } = await countDeliveries(this.#options.database, this.#startedAt);
      if (open === 0) return this.#readStats();
      await new Promise((resolve) => setTimeout(resolve, IDLE_LOOK_MS));
    }
  }

  drain(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  stats(): QueueStats {
    return this.#stats;
  }

  /** Deliveries accepted before this process started, not handled yet, as of seconds ago: the state lacks them. */
  replaying(): number {
    return this.#replaying;
  }

  async #drain(): Promise<void> {
    clearInterval(this.#statsTimer);
    await this.#acceptor.finished();
    await this.#workers.stop();
  }

  async #readStats(): Promise<void> {
    const { boss, database } = this.#options;
    const { open, before, oldestAgeSeconds, deadLetters } = await countDeliveries(database, this.#startedAt);
    this.#replaying = before;
    const queues = open === 0 ? [] : await withDatabaseErrors(() => boss.getQueues([...DELIVERY_QUEUES]));
    // pg-boss counts every few seconds: never more than there are.
    const active = queues.reduce((sum, { activeCount }) => sum + activeCount, 0);
    const running = Math.min(open, active);
    this.#stats = { waiting: open - running, running, deadLetters, oldestAgeSeconds };
  }

  /** Resolves when the job is done, put back or given up, or when none of these could be stored. */
  async #handle(queue: string, claimed: ClaimedJob): Promise<void> {
    const { log, transactions } = this.#options;
    const read = QueuedJob.safeParse(claimed.data);
    const attempt = claimed.retryCount + 1 - (read.data?.uncountedTries ?? 0);
    const fields = { jobId: claimed.id, deliveryId: read.data?.deliveryId, event: read.data?.event, attempt };
    // A newer version may have queued what does not match: it is retried until a process of that version takes it.
    if (read.data === undefined) return this.#putBack(queue, claimed, read.error);
    const { uncountedTries, ...accepted } = read.data;
    const job: AcceptedJob = { ...accepted, sequence: sequenceOf(claimed.id), attempt };
    const settle = async (transaction: Transaction, failure: FinalFailure): Promise<void> => {
      await this.#complete(transaction, queue, claimed);
      if (failure === null) await removeLettersOf(transaction, job);
      else await this.#giveUp(transaction, job, failure.error);
    };
    try {
      const failure = await transactions
        .inTransaction(() => this.#try(job), settle)
        .catch((error: unknown) => {
          if (attempt < this.#maxAttempts || statedWaitOf(error) !== null) throw error;
          // The last try came to its end, but its effects could not be saved.
          return transactions.inTransaction(async () => ({ error }), settle);
        });
      if (failure === null) return;
      log.error({ ...fields, err: failure.error }, 'A delivery was given up; it is in the dead letters');
    } catch (error) {
      const waitMs = statedWaitOf(error);
      if (waitMs === null) await this.#putBack(queue, claimed, error);
      else await this.#putOff(queue, claimed, { ...read.data, uncountedTries: uncountedTries + 1 }, waitMs);
    }
  }

  /**
   * Throws where the job is to be tried again; then nothing of this try is written. A final failure is returned
   * instead, so that its effects are stored: a run that was learned stays learned although the plan after it failed.
   */
  async #try(job: AcceptedJob): Promise<FinalFailure> {
    const { attempt } = job;
    // So many tries without an error have crashed their process; this one would too.
    if (attempt > this.#maxAttempts) return { error: crashedTooOften(attempt - 1) };
    try {
      await this.#options.handle(job);
      return null;
    } catch (error) {
      const isTriedAgain = attempt < this.#maxAttempts && !isPermanentFailure(error);
      if (isTriedAgain || statedWaitOf(error) !== null) throw error;
      return { error };
    }
  }

  /** Throws where the job was given to another process meanwhile; the transaction must then be rolled back. */
  async #complete(transaction: Transaction, queue: string, claimed: ClaimedJob): Promise<void> {
    const { boss } = this.#options;
    const db = fromKysely(transaction);
    const answer: { readonly affected?: number } = await boss.complete(queue, attemptOf(claimed), null, {
      db,
    });
    if (answer.affected !== 1) throw new Error('The job was given to another process meanwhile.');
    await removeOpenDelivery(transaction, claimed.id);
  }

  async #giveUp(transaction: Transaction, job: AcceptedJob, error: unknown): Promise<void> {
    await addDeadLetter(transaction, letterOfJob(job, error, this.#options.clock.now()));
    // The "Redeliver" button on GitHub then works as a redrive too.
    await forgetKeys(transaction, keysOf(job));
  }

  /** Gives a job back until a stated time; the other jobs of its group wait behind it. */
  async #putOff(queue: string, claimed: ClaimedJob, job: QueuedJob, waitMs: number): Promise<void> {
    const { boss, database, log } = this.#options;
    const fields = { jobId: claimed.id, deliveryId: job.deliveryId, event: job.event, waitMs };
    log.info(fields, 'A delivery waits until it makes sense to try again');
    const handedBack = database.transaction().execute(async (transaction) => {
      const db = fromKysely(transaction);
      await boss.fail(queue, attemptOf(claimed), null, { db });
      const startAfter = Math.ceil(waitMs / 1_000);
      await boss.update(queue, job, { id: claimed.id, startAfter, db });
    });
    await this.#unlessFailed(handedBack, fields);
  }

  /** Gives a job back to be tried again after pg-boss's back-off; the other jobs of its group wait behind it. */
  async #putBack(queue: string, claimed: ClaimedJob, error: unknown): Promise<void> {
    const { boss, log } = this.#options;
    const fields = { jobId: claimed.id, attempt: claimed.retryCount + 1 };
    log.warn({ ...fields, err: error }, 'A delivery failed and will be tried again');
    await this.#unlessFailed(boss.fail(queue, attemptOf(claimed), { message: String(error) }), fields);
  }

  /** Without heartbeats pg-boss takes a job back by itself, so a failure to hand it back is only logged. */
  async #unlessFailed(handedBack: Promise<unknown>, fields: object): Promise<void> {
    try {
      await handedBack;
    } catch (error) {
      this.#options.log.warn({ ...fields, err: error }, 'A delivery could not be handed back');
    }
  }

  get #maxAttempts(): number {
    return this.#options.maxAttempts ?? MAX_ATTEMPTS;
  }
}

/** Calls `wake` for the queues in which deliveries were accepted, by any process. */
async function listenForArrivals(
  boss: PgBoss,
  wake: (queues: readonly string[]) => void,
): Promise<{ close(): Promise<void> }> {
  const listener = await boss.getDb().listen?.(
    ARRIVALS_CHANNEL,
    (payload) => wake(queuesOfNotification(payload)),
    () => wake(DELIVERY_QUEUES),
  );
  if (listener === undefined) throw new Error('This connection cannot listen.');
  return listener;
}
