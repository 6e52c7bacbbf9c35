import { sql } from 'kysely';
import { fromKysely, type PgBoss } from 'pg-boss';
import type { Database, Transaction } from '../../database/connect.ts';
import { named } from '../../database/connect.ts';
import { jsonText } from '../../database/json-text.ts';
import { type Acceptance, type Job, keysOf } from '../queue.ts';
import type { OrderedIds } from './ordered-ids.ts';
import { ARRIVALS } from './places.ts';

export const DELIVERIES = 'deliveries';

/** A transaction of more would keep those at its front waiting for those at its end. */
const MAX_BATCH = 500;

interface Waiting {
  readonly job: Job;
  resolve(acceptance: Acceptance): void;
  reject(error: unknown): void;
}

/**
 * Accepts jobs in batches: those that come while a transaction is under way share the next one. One transaction at a time,
 * so that the order of a group is the order accepted.
 */
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

  /** Resolves when nothing is on its way. */
  async finished(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async #writeWaiting(): Promise<void> {
    // What arrives in the same turn of the event loop goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#write(this.#waiting.splice(0, MAX_BATCH));
    // In the same breath as the last look: whoever comes from now on begins anew.
    this.#writing = undefined;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    try {
      const accepted = await named(() =>
        this.#database.transaction().execute((transaction) =>
          this.#enqueueNew(
            transaction,
            batch.map(({ job }) => job),
          ),
        ),
      );
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
      // A twin further back in the same batch finds its keys taken.
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
  await boss.insert(
    DELIVERIES,
    jobs.map((job) => ({
      id: ids.next().uuid,
      data: JSON.parse(jsonText(job)) as object,
      // The group: its jobs are handed out one at a time, first in, first out, whoever asks.
      singletonKey: job.group,
    })),
    { db: fromKysely(transaction) },
  );
  await sql`select pg_notify(${ARRIVALS}, '')`.execute(transaction);
}

/** Remembers keys as seen; returns those that were new. In one order, so that two batches never wait for each other. */
export async function rememberKeys(transaction: Transaction, keys: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ key: string }>`
    insert into offbeat.seen_keys (key) select distinct key from unnest(${[...keys]}::text[]) as given(key) order by key
    on conflict do nothing returning key`.execute(transaction);
  return new Set(rows.map(({ key }) => key));
}

/** So that the same event may come again: it could not be processed. */
export async function forgetKeys(transaction: Transaction, keys: readonly string[]): Promise<void> {
  await sql`delete from offbeat.seen_keys where key = any(${[...keys]}::text[])`.execute(transaction);
}
