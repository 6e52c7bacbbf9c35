import { sql } from 'kysely';
import type { Database, Transaction } from '../../database/connect.ts';
import { rollUpRuns } from './older-runs-table.ts';

/** A UTC month, `YYYY-MM`. */
type Month = string;

/** What claims to be of another century goes to the default partition. */
const LAST_MONTH: Month = '2099-12';
/** Held while partitions come and go, so that two processes do not do the same. */
const PARTITION_LOCK = 'offbeat.runs';

const MONTH_LENGTH = 'YYYY-MM'.length;
const PARTITION_NAME = /^runs_(?<year>\d{4})_(?<month>\d{2})$/;

/** Sees to it that there is a partition of `runs` for every month that runs are to be written to. */
export class RunMonths {
  readonly #database: Database;
  readonly #known = new Set<Month>();

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * For instants in epoch ms. Outside of any transaction that writes runs: a new partition locks the whole table. Months
   * before `oldest` get none: they may have been dropped, and what still comes of them waits in the default partition
   * to be summed up.
   */
  async prepare(instants: readonly number[], oldest: Month): Promise<void> {
    for (const month of new Set(instants.map((instant) => monthOf(instant)))) {
      if (this.#known.has(month) || month < oldest || month > LAST_MONTH) continue;
      await createPartition(this.#database, month);
      this.#known.add(month);
    }
  }
}

async function createPartition(database: Database, month: Month): Promise<void> {
  const { rows } = await sql<{
    found: string | null;
  }>`select to_regclass(${`offbeat.${partitionOf(month)}`})::text as found`.execute(database);
  if ((rows[0]?.found ?? null) !== null) return;
  await database.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtext(${PARTITION_LOCK}))`.execute(transaction);
    await sql`create table if not exists ${sql.table(`offbeat.${partitionOf(month)}`)} partition of offbeat.runs
      for values from (${sql.lit(`${month}-01T00:00:00Z`)}) to (${sql.lit(`${monthAfter(month)}-01T00:00:00Z`)})`.execute(
      transaction,
    );
  });
}

/**
 * Rolls up what is older than `oldest`, one repository after the other, and drops the partitions that are empty then;
 * returns their months.
 */
export async function rollUpMonthsBefore(database: Database, oldest: Month): Promise<readonly Month[]> {
  const before = new Date(`${oldest}-01T00:00:00Z`);
  const { rows: old } = await sql<{ id: number }>`
    select distinct repository_id as id from offbeat.runs where created_at < ${before} order by 1`.execute(
    database,
  );
  for (const { id } of old) await rollUpRepository(database, id, before);
  const { rows } = await sql<{ name: string }>`
    select child.relname as name from pg_inherits
    join pg_class child on child.oid = pg_inherits.inhrelid
    where pg_inherits.inhparent = 'offbeat.runs'::regclass order by 1`.execute(database);
  const dropped: Month[] = [];
  for (const { name } of rows) {
    const { year, month } = PARTITION_NAME.exec(name)?.groups ?? {};
    if (year === undefined || month === undefined || `${year}-${month}` >= oldest) continue;
    if (await dropIfEmpty(database, name)) dropped.push(`${year}-${month}`);
  }
  return dropped;
}

/** A run is counted once: the months and the deletion commit together, and every cache is told. */
async function rollUpRepository(database: Database, id: number, before: Date): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    const { rows } = await sql`update offbeat.repositories set version = nextval('offbeat.versions')
      where id = ${id} returning id`.execute(transaction);
    if (rows.length > 0) await rollUpRuns(transaction, id, { before });
    // What a process has written of a repository that was deleted meanwhile belongs to nobody.
    else await sql`delete from offbeat.runs where repository_id = ${id}`.execute(transaction);
  });
}

/** False where another process has done it, or where something has come in meanwhile: the next sweep takes it. */
async function dropIfEmpty(database: Database, name: string): Promise<boolean> {
  const partition = sql.table(`offbeat.${name}`);
  return database.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtext(${PARTITION_LOCK}))`.execute(transaction);
    const { rows } = await sql<{
      found: string | null;
    }>`select to_regclass(${`offbeat.${name}`})::text as found`.execute(transaction);
    if ((rows[0]?.found ?? null) === null) return false;
    await holdRepositories(transaction);
    await sql`lock table offbeat.runs in access exclusive mode`.execute(transaction);
    const { rows: left } = await sql`select 1 from ${partition} limit 1`.execute(transaction);
    if (left.length > 0) return false;
    await sql`drop table ${partition}`.execute(transaction);
    return true;
  });
}

/** Whoever writes runs holds their repository first: taken in the same order, nobody waits for each other in a ring. */
async function holdRepositories(transaction: Transaction): Promise<void> {
  await sql`lock table offbeat.repositories in exclusive mode`.execute(transaction);
}

/** The UTC month of an instant (epoch ms), so many months back. */
export function monthOf(instant: number, monthsBack = 0): Month {
  const date = new Date(instant);
  const shifted = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - monthsBack, 1));
  return shifted.toISOString().slice(0, MONTH_LENGTH);
}

function monthAfter(month: Month): Month {
  return monthOf(Date.parse(`${month}-01T00:00:00Z`), -1);
}

function partitionOf(month: Month): string {
  return `runs_${month.replace('-', '_')}`;
}
