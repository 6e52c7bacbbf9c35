import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { Database, Transaction } from '../../database/connect.ts';
import { jsonText } from '../../database/json-text.ts';
import { emptyLatenessPool, LatenessPool } from '../../forecast/lateness-pool.ts';
import { applyLatenessPoolChange, LatenessPoolChange } from '../../forecast/lateness-pool-change.ts';

/** What other workers have learned is taken in after this long; drift, its fastest part, moves in quarters of an hour. */
const FRESH_MS = 2_000;
/** Changes that are summed up into the pool at one time at the least: below that, reading them is as cheap. */
const FOLD_FROM = 50;

const Stored = z.object({ pool: LatenessPool.nullable(), changes: z.array(LatenessPoolChange) });

/**
 * The pool shared by all workers. Each job leaves what it has taught as a row of its own, in its own transaction, so that
 * none is lost and none waits; now and then somebody sums the rows up.
 */
export class PoolTable {
  readonly #database: Database;
  #pool: LatenessPool | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<LatenessPool> | undefined;
  /** How often it was not known what had been committed. */
  #doubts = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The pool as it is known now; nothing changes it later. */
  async current(): Promise<LatenessPool> {
    if (this.#pool === undefined || performance.now() - this.#readAt > FRESH_MS) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = undefined;
      });
      await this.#reading;
    }
    return this.#pool ?? emptyLatenessPool();
  }

  /** Keeps a change together with everything else in its transaction. */
  adding(change: LatenessPoolChange): RawBuilder<unknown> {
    return sql`insert into offbeat.lateness_changes (change) values (${jsonText(change)}::jsonb)`;
  }

  /** To be called once the transaction of `adding` has committed. */
  added(change: LatenessPoolChange): void {
    if (this.#pool !== undefined) this.#pool = applyLatenessPoolChange(this.#pool, change);
  }

  /** To be called where nobody can tell whether the transaction of `adding` has committed: its answer was lost, perhaps. */
  doubt(): void {
    this.#doubts += 1;
    this.#readAt = Number.NEGATIVE_INFINITY;
  }

  /** Puts another pool in the place of everything learned so far. */
  async replace(pool: LatenessPool): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      await sql`lock table offbeat.lateness_changes in share row exclusive mode`.execute(transaction);
      await sql`delete from offbeat.lateness_changes`.execute(transaction);
      await store(transaction, pool);
    });
    this.#pool = pool;
    this.#readAt = performance.now();
  }

  async #read(): Promise<LatenessPool> {
    const doubts = this.#doubts;
    const { rows } = await sql`select
      (select pool from offbeat.lateness_pool) as pool,
      (select coalesce(json_agg(change order by sequence), '[]') from offbeat.lateness_changes) as changes`.execute(
      this.#database,
    );
    const stored = Stored.parse(rows[0]);
    const pool = stored.changes.reduce(applyLatenessPoolChange, stored.pool ?? emptyLatenessPool());
    this.#pool = pool;
    if (doubts === this.#doubts) this.#readAt = performance.now();
    if (stored.changes.length >= FOLD_FROM) await this.#fold();
    return pool;
  }

  /** Sums the changes up; where another process is at it, there is nothing to do. */
  async #fold(): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      const lock = await sql<{
        mine: boolean;
      }>`select pg_try_advisory_xact_lock(hashtext('offbeat.lateness_pool')) as mine`.execute(transaction);
      if (lock.rows[0]?.mine !== true) return;
      const { rows } = await sql`
        with taken as (delete from offbeat.lateness_changes returning sequence, change)
        select (select pool from offbeat.lateness_pool) as pool,
          coalesce(json_agg(change order by sequence), '[]') as changes from taken`.execute(transaction);
      const { pool: stored, changes } = Stored.parse(rows[0]);
      await store(transaction, changes.reduce(applyLatenessPoolChange, stored ?? emptyLatenessPool()));
    });
  }
}

async function store(transaction: Transaction, pool: LatenessPool): Promise<void> {
  await sql`insert into offbeat.lateness_pool (pool) values (${jsonText(pool)}::jsonb)
    on conflict (only_row) do update set pool = excluded.pool`.execute(transaction);
}
