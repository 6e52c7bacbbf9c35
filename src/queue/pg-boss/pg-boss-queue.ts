import { sql } from 'kysely';
import { fromKysely, type PgBoss } from 'pg-boss';
import { type Database, named, type Transaction } from '../../database/connect.ts';
import { OffbeatError } from '../../errors.ts';
import type { Clock, Log } from '../../usecases/ports.ts';
import {
  type Acceptance,
  type AcceptedJob,
  crashedTooOften,
  type DeadLetter,
  isHopeless,
  Job,
  keysOf,
  type Queue,
  type QueueStats,
} from '../queue.ts';
import { Acceptor, DELIVERIES, enqueue, forgetKeys, rememberKeys } from './accept-batch.ts';
import { BOSS_SCHEMA } from './boss.ts';
import { type Completing, claimHeads, completeJob, completing } from './claims.ts';
import { addDeadLetter, listDeadLetters, takeDeadLetter } from './dead-letter-table.ts';
import { OrderedIds, sequenceOf } from './ordered-ids.ts';
import { type ClaimedJob, Places } from './places.ts';

/** Handlers wait for GitHub most of the time; more at once would only meet its limits sooner. */
const CONCURRENCY = 16;
/** Of one key, the group, one job at a time and the first accepted first. */
const POLICY = 'key_strict_fifo';
/** Tries of one job, spread over about two minutes: a restart of GitHub's API passes, a bug in a handler does not. */
const MAX_ATTEMPTS = 8;
const RETRY_DELAY_SECONDS = 1;
const LONGEST_RETRY_SECONDS = 300;
/** A process that is silent for this long is taken for dead, and its jobs are given to others. */
const HEARTBEAT_SECONDS = 20;
/** A handler that takes longer hangs: GitHub's longest wait, an hour for a rate limit, fits in. */
const EXPIRE_SECONDS = 2 * 3_600;
/** pg-boss itself must never give a job up (that would block its group) nor throw one away that nobody fetched. */
const NEVER_GIVE_UP = 1_000_000;
const TEN_YEARS_SECONDS = 315_360_000;
/** Jobs that are done are of no use to anybody; they only make the table longer. */
const KEEP_DONE_SECONDS = 600;
const STATS_EVERY_MS = 5_000;
const IDLE_LOOK_MS = 50;

/** How a job's work ended; the same shape as the store's. */
type Outcome = { readonly failed: false } | { readonly failed: true; readonly error: unknown };

/** Who keeps what jobs change: writes it in one transaction with the job's own mark. */
export interface JobTransactions {
  /**
   * Returns the repositories that stand in memory as the transaction has left them: where the turn of one was taken again in
   * it, it is `inHand` the next time, and need not be asked for. What `along` gives stands for `settle` where it can.
   */
  inTransaction(
    work: () => Promise<void>,
    settle: (transaction: Transaction, outcome: Outcome) => Promise<void>,
    shortcuts: {
      readonly inHand: number | null;
      along(): (Completing & { accept(answer: unknown): void }) | null;
    },
  ): Promise<ReadonlySet<number>>;
}

export interface PgBossQueueOptions {
  readonly database: Database;
  /** Started, and stopped by whoever started it. */
  readonly boss: PgBoss;
  readonly transactions: JobTransactions;
  readonly handle: (job: AcceptedJob) => Promise<void>;
  readonly log: Log;
  readonly clock: Clock;
  /** Jobs handled at once by this process; 0: it accepts and leaves the work to others. */
  readonly concurrency?: number;
  readonly maxAttempts?: number;
  /** Before the second try; doubled with every further one. 0: at once, every time. */
  readonly retryDelaySeconds?: number;
  readonly heartbeatSeconds?: number;
}

/**
 * The queue of any number of processes on one database. Jobs of one group go out one at a time, first in, first out,
 * across all of them; a job's effects, and that it is done, are committed together.
 */
export async function openPgBossQueue(options: PgBossQueueOptions): Promise<Queue> {
  const retryDelay = options.retryDelaySeconds ?? RETRY_DELAY_SECONDS;
  const settings = {
    retryLimit: NEVER_GIVE_UP,
    retryDelay,
    retryBackoff: retryDelay > 0,
    ...(retryDelay > 0 ? { retryDelayMax: LONGEST_RETRY_SECONDS } : {}),
    expireInSeconds: EXPIRE_SECONDS,
    heartbeatSeconds: options.heartbeatSeconds ?? HEARTBEAT_SECONDS,
    retentionSeconds: TEN_YEARS_SECONDS,
    deleteAfterSeconds: KEEP_DONE_SECONDS,
    notify: false,
  };
  await named(async () => {
    await options.boss.createQueue(DELIVERIES, { policy: POLICY, partition: true, ...settings });
    await options.boss.updateQueue(DELIVERIES, settings);
    // Has the queue's settings read now: later, within a transaction, there may be no other connection for it.
    await options.boss.insert(DELIVERIES, []);
  });
  const queue = new BossQueue(options);
  await queue.start();
  return queue;
}

class BossQueue implements Queue {
  readonly #options: PgBossQueueOptions;
  readonly #acceptor: Acceptor;
  readonly #ids: OrderedIds;
  readonly #places: Places;
  #statsTimer: NodeJS.Timeout | undefined;
  #stats: QueueStats = { waiting: 0, running: 0, deadLetters: 0, oldestAgeSeconds: 0 };
  #closing: Promise<void> | undefined;
  /** Jobs that were claimed by the transaction that left their repository as it stands in memory. */
  readonly #goesOn = new WeakSet<ClaimedJob>();
  /** The group that was claimed last: the others have their turn before it comes round again. */
  #turn = '';

  constructor(options: PgBossQueueOptions) {
    this.#options = options;
    this.#ids = new OrderedIds(() => options.clock.now());
    this.#acceptor = new Acceptor(options.database, options.boss, this.#ids);
    this.#places = new Places({
      boss: options.boss,
      queue: DELIVERIES,
      fetch: (count) => this.#fetch(count),
      handle: (job, mayGoOn) => this.#handle(job, mayGoOn),
      log: options.log,
      heartbeatSeconds: options.heartbeatSeconds ?? HEARTBEAT_SECONDS,
    });
  }

  async start(): Promise<void> {
    await this.#places.start(this.#options.concurrency ?? CONCURRENCY);
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

  async reject(rejected: {
    readonly deliveryId: string;
    readonly event: string;
    readonly reason: string;
  }): Promise<void> {
    await named(() =>
      addDeadLetter(this.#options.database, {
        ...rejected,
        id: `unread-${rejected.deliveryId}`,
        at: this.#options.clock.now(),
        attempts: 0,
        job: null,
      }),
    );
  }

  deadLetters(): Promise<readonly DeadLetter[]> {
    return named(() => listDeadLetters(this.#options.database));
  }

  redrive(id: string): Promise<boolean> {
    const { database, boss } = this.#options;
    return named(() =>
      database.transaction().execute(async (transaction) => {
        const job = await takeDeadLetter(transaction, id);
        if (job === null) return false;
        await rememberKeys(transaction, keysOf(job));
        await enqueue(boss, transaction, [job], this.#ids);
        return true;
      }),
    );
  }

  async idle(): Promise<void> {
    for (;;) {
      await this.#acceptor.finished();
      await this.#readStats();
      if (this.#stats.waiting === 0 && this.#stats.running === 0) return;
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

  async #drain(): Promise<void> {
    clearInterval(this.#statsTimer);
    await this.#acceptor.finished();
    await this.#places.stop();
  }

  async #readStats(): Promise<void> {
    // In the words of pg-boss's own indexes: done jobs stay for a while, and there are many more of them.
    const job = sql.table(`${BOSS_SCHEMA}.job`);
    const { rows } = await named(() =>
      sql<QueueStats>`
        select waiting, running, coalesce(extract(epoch from now() - least(oldest_waiting, oldest_running)), 0)
            ::double precision as "oldestAgeSeconds",
          (select count(*)::integer from offbeat.dead_letters) as "deadLetters"
        from (select count(*)::integer as waiting, min(created_on) as oldest_waiting from ${job}
            where name = ${DELIVERIES} and state < 'active' and not blocked) as ahead,
          (select count(*)::integer as running, min(created_on) as oldest_running from ${job}
            where name = ${DELIVERIES} and state = 'active' and policy = ${POLICY}) as under_way`.execute(
        this.#options.database,
      ),
    );
    this.#stats = rows[0] ?? this.#stats;
  }

  async #fetch(count: number): Promise<readonly ClaimedJob[]> {
    const jobs = await claimHeads(this.#options.database, DELIVERIES, this.#turn, count);
    this.#turn = jobs.at(-1)?.group ?? '';
    return jobs;
  }

  /**
   * Resolves when the job is settled, whichever way, or cannot be settled from here: with the next of its group, where it
   * could be claimed.
   */
  async #handle(fetched: ClaimedJob, mayGoOn: () => boolean): Promise<ClaimedJob | null> {
    const { boss, log, transactions } = this.#options;
    const attempt = fetched.retryCount + 1;
    const read = Job.safeParse(fetched.data);
    const fields = { deliveryId: read.data?.deliveryId, event: read.data?.event, attempt };
    try {
      if (read.data === undefined) throw new Error('What stands in the queue is no delivery.');
      const job: AcceptedJob = { ...read.data, sequence: sequenceOf(fetched.id), attempt };
      let last: Outcome = { failed: false };
      let next: ClaimedJob | null = null;
      const left = await transactions.inTransaction(
        async () => {
          last = await this.#try(job);
        },
        async (transaction, outcome) => {
          const onwards = mayGoOn() ? job.group : null;
          next = await this.#settle(transaction, fetched, job, outcome.failed ? outcome : last, onwards);
        },
        {
          inHand: this.#goesOn.has(fetched) ? job.repositoryId : null,
          along: () =>
            last.failed
              ? null
              : {
                  ...completing(DELIVERIES, fetched, mayGoOn() ? job.group : null),
                  accept: (answer) => {
                    next = answer as ClaimedJob | null;
                  },
                },
        },
      );
      if (next !== null && job.repositoryId !== null && left.has(job.repositoryId)) this.#goesOn.add(next);
      return next;
    } catch (error) {
      log.warn({ ...fields, err: error }, 'A delivery could not be settled');
      // Nothing of it was written: it is handed out again, unless somebody else has it already. Where not even that can
      // be said, its heartbeat has to be missed first.
      await boss
        .fail(DELIVERIES, attemptOf(fetched), { message: String(error) })
        .catch((failure: unknown) => {
          log.warn({ ...fields, err: failure }, 'A delivery could not be handed back');
        });
      return null;
    }
  }

  /**
   * Throws where the job shall be tried again: its steps so far count for nothing then. Where it is given up, they are
   * kept: a run that was learned stays learned, though the plan after it could not be made.
   */
  async #try(job: AcceptedJob): Promise<Outcome> {
    try {
      if (job.attempt > this.#maxAttempts) throw crashedTooOften(job.attempt - 1);
      await this.#options.handle(job);
      return { failed: false };
    } catch (error) {
      if (!this.#isFinal(job, error)) throw error;
      return { failed: true, error };
    }
  }

  /**
   * The mark of a job, in the transaction of its effects, and the next of the group `onwards`; `null` where there is none, or
   * the job will be tried again. Throws where the job is no longer this process's.
   */
  async #settle(
    transaction: Transaction,
    fetched: ClaimedJob,
    job: AcceptedJob,
    outcome: Outcome,
    onwards: string | null,
  ): Promise<ClaimedJob | null> {
    const { boss, log } = this.#options;
    const fields = { deliveryId: job.deliveryId, event: job.event, attempt: job.attempt };
    if (!outcome.failed) return this.#complete(transaction, fetched, onwards);
    const { error } = outcome;
    if (!this.#isFinal(job, error)) {
      const message = String(error);
      const db = fromKysely(transaction);
      const answer: { readonly affected?: number } = await boss.fail(
        DELIVERIES,
        attemptOf(fetched),
        { message },
        { db },
      );
      assertMine(answer.affected === 1);
      log.warn({ ...fields, err: error }, 'A delivery failed and will be tried again');
      return null;
    }
    const next = await this.#complete(transaction, fetched, onwards);
    await addDeadLetter(transaction, {
      id: `job-${job.sequence}`,
      at: this.#options.clock.now(),
      deliveryId: job.deliveryId,
      event: job.event,
      reason: error instanceof OffbeatError ? error.sentence : `The handler failed: ${String(error)}`,
      attempts: job.attempt,
      job: Job.parse(job),
    });
    // GitHub's own "Redeliver" button then works as a redrive too.
    await forgetKeys(transaction, keysOf(job));
    log.error({ ...fields, err: error }, 'A delivery was given up; it stands in the dead letters');
    return next;
  }

  async #complete(
    transaction: Transaction,
    fetched: ClaimedJob,
    onwards: string | null,
  ): Promise<ClaimedJob | null> {
    const { wasMine, next } = await completeJob(transaction, DELIVERIES, fetched, onwards);
    assertMine(wasMine);
    return next;
  }

  #isFinal({ attempt }: AcceptedJob, error: unknown): boolean {
    return attempt >= this.#maxAttempts || isHopeless(error);
  }

  get #maxAttempts(): number {
    return this.#options.maxAttempts ?? MAX_ATTEMPTS;
  }
}

/** Only this try of the job is settled: another process may be at the next one. */
function attemptOf({ id, retryCount }: ClaimedJob): { id: string; retryCount: number } {
  return { id, retryCount };
}

function assertMine(isMine: boolean): void {
  if (!isMine) throw new Error('The job was given to another process meanwhile.');
}
