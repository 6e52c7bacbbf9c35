import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { Database, Transaction } from '../../database/connect.ts';
import { jsonText } from '../../database/json-text.ts';
import { emptyLatenessPool, LatenessPool } from '../../forecast/lateness-pool.ts';
import { applyLatenessPoolChange, LatenessPoolChange } from '../../forecast/lateness-pool-change.ts';

/** Changes of other processes are read after this time; drift, the fastest part, takes quarters of an hour to move. */
const FRESH_MS = 2_000;
/** Rows of changes that are summed up into the pool at once; with fewer, reading them is as cheap. */
const SUM_UP_FROM = 50;

const Stored = z.object({ pool: LatenessPool.nullable(), changes: z.array(LatenessPoolChange) });
type Stored = z.infer<typeof Stored>;

/** The pool of all processes: each job adds a row of change in its transaction, and a process sums them up. */
export class PoolTable {
  readonly #database: Database;
  #pool: LatenessPool | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<LatenessPool> | undefined;
  /** Changes of this process, and calls of `invalidate`, so far; and those when the read under way began. */
  #turns = 0;
  #readingSince = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The pool with all changes of this process; those of others are seen within some seconds. */
  async current(): Promise<LatenessPool> {
    if (this.#pool !== undefined && performance.now() - this.#readAt <= FRESH_MS) return this.#pool;
    if (this.#reading === undefined) return this.#beginReading();
    if (this.#readingSince === this.#turns) return this.#reading;
    // What is being read may lack what was stored meanwhile.
    return this.#pool ?? this.#beginReading();
  }

  /** The statement that stores a change, for the transaction of its job. */
  adding(change: LatenessPoolChange): RawBuilder<unknown> {
    return sql`insert into offbeat.lateness_changes (change) values (${jsonText(change)}::jsonb)`;
  }

  /** Call once the transaction of `adding` has committed. */
  added(change: LatenessPoolChange): void {
    this.#turns += 1;
    if (this.#pool !== undefined) this.#pool = applyLatenessPoolChange(this.#pool, change);
  }

  /** Makes the next call read the pool again. Call it where a transaction of `adding` may or may not have committed. */
  invalidate(): void {
    this.#turns += 1;
    this.#pool = undefined;
  }

  /** Replaces the whole pool. */
  async replace(pool: LatenessPool): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      await sql`lock table offbeat.lateness_changes in share row exclusive mode`.execute(transaction);
      await sql`delete from offbeat.lateness_changes`.execute(transaction);
      await writePool(transaction, pool);
    });
    this.invalidate();
  }

  #beginReading(): Promise<LatenessPool> {
    this.#readingSince = this.#turns;
    const reading = this.#read().finally(() => {
      if (this.#reading === reading) this.#reading = undefined;
    });
    this.#reading = reading;
    return reading;
  }

  async #read(): Promise<LatenessPool> {
    const readAt = performance.now();
    const turns = this.#turns;
    const { rows } = await sql`select
      (select pool from offbeat.lateness_pool) as pool,
      (select coalesce(json_agg(change order by sequence), '[]') from offbeat.lateness_changes) as changes`.execute(
      this.#database,
    );
    const stored = Stored.parse(rows[0]);
    const pool = summedUp(stored);
    // A pool that was read before a change of this process is not kept; the next read is as far off as after another.
    if (this.#turns === turns) this.#pool = pool;
    this.#readAt = readAt;
    if (stored.changes.length >= SUM_UP_FROM) await this.#sumUp();
    return this.#pool ?? pool;
  }

  /** Sums the rows up; does nothing where another process is doing so. */
  async #sumUp(): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      const lock = await sql<{
        mine: boolean;
      }>`select pg_try_advisory_xact_lock(hashtext('offbeat.lateness_pool')) as mine`.execute(transaction);
      if (lock.rows[0]?.mine !== true) return;
      const { rows } = await sql`
        with taken as (delete from offbeat.lateness_changes returning sequence, change)
        select (select pool from offbeat.lateness_pool) as pool,
          coalesce(json_agg(change order by sequence), '[]') as changes from taken`.execute(transaction);
      await writePool(transaction, summedUp(Stored.parse(rows[0])));
    });
  }
}

function summedUp({ pool, changes }: Stored): LatenessPool {
  return changes.reduce(applyLatenessPoolChange, pool ?? emptyLatenessPool());
}

async function writePool(transaction: Transaction, pool: LatenessPool): Promise<void> {
  await sql`insert into offbeat.lateness_pool (pool) values (${jsonText(pool)}::jsonb)
    on conflict (only_row) do update set pool = excluded.pool`.execute(transaction);
}
