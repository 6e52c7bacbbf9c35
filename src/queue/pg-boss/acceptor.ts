import { fromKysely, type PgBoss } from 'pg-boss';
import type { Database, Transaction } from '../../database/connect.ts';
import { jsonText } from '../../database/json-text.ts';
import { type Acceptance, type Job, keysOf } from '../queue.ts';
import { queueOf } from './delivery-queues.ts';
import { addOpenDeliveries } from './open-deliveries-table.ts';
import type { OrderedIds } from './ordered-ids.ts';
import { rememberKeys } from './seen-keys-table.ts';

/** In a longer transaction the first jobs would wait long for the last ones. */
const MAX_BATCH = 500;

interface Waiting {
  readonly job: Job;
  resolve(acceptance: Acceptance): void;
  reject(error: unknown): void;
}

/** Accepts jobs in batches, one transaction at a time, so that a group's order is the order accepted. */
export class Acceptor {
  readonly #database: Database;
  readonly #boss: PgBoss;
  readonly #ids: OrderedIds;
  readonly #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  constructor(database: Database, boss: PgBoss, ids: OrderedIds) {
    this.#database = database;
    this.#boss = boss;
    this.#ids = ids;
  }

  /** Resolves when the job is committed, or known to be a duplicate. */
  accept(job: Job): Promise<Acceptance> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      this.#writing ??= this.#writeWaiting();
    });
  }

  /** Resolves when no job is being accepted. */
  async finished(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async #writeWaiting(): Promise<void> {
    // Jobs that arrive in the same turn of the event loop share a transaction.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#write(this.#waiting.splice(0, MAX_BATCH));
    // No await since the last look at the list: the next job to come starts a new round.
    this.#writing = undefined;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const jobs = batch.map(({ job }) => job);
    try {
      const accepted = await this.#database
        .transaction()
        .execute((transaction) => this.#enqueueNew(transaction, jobs));
      for (const { job, resolve } of batch) resolve(accepted.has(job) ? 'accepted' : 'duplicate');
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  async #enqueueNew(transaction: Transaction, jobs: readonly Job[]): Promise<ReadonlySet<Job>> {
    const inserted = await rememberKeys(transaction, jobs.flatMap(keysOf));
    const accepted = new Set<Job>();
    for (const job of jobs) {
      const keys = keysOf(job);
      if (!keys.every((key) => inserted.has(key))) continue;
      // A duplicate further back in the same batch finds its keys taken.
      for (const key of keys) inserted.delete(key);
      accepted.add(job);
    }
    await enqueue(this.#boss, transaction, [...accepted], this.#ids);
    return accepted;
  }
}

/** Puts jobs at the ends of their groups, as part of the transaction. */
export async function enqueue(
  boss: PgBoss,
  transaction: Transaction,
  jobs: readonly Job[],
  ids: OrderedIds,
): Promise<void> {
  if (jobs.length === 0) return;
  const queued = jobs.map((job) => ({ id: ids.next().uuid, job, queue: queueOf(job.group) }));
  const byQueue = Map.groupBy(queued, ({ queue }) => queue);
  for (const [queue, entries] of byQueue) {
    const inserts = entries.map(({ id, job }) => ({
      id,
      data: JSON.parse(jsonText(job)) as object,
      singletonKey: job.group,
    }));
    await boss.insert(queue, inserts, { db: fromKysely(transaction) });
  }
  const allIds = queued.map(({ id }) => id);
  await addOpenDeliveries(transaction, allIds, [...byQueue.keys()]);
}
