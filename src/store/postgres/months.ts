import { sql } from 'kysely';
import { type Database, hasTable } from '../../database/connect.ts';

/** A UTC month, `YYYY-MM`. */
type Month = string;

/** Runs that claim to be of another century go to the default partition. */
const LAST_MONTH: Month = '2099-12';
/** Held while partitions are created and dropped, so that two processes do not do the same. */
const PARTITION_LOCK = 'offbeat.runs';

const MONTH_LENGTH = 'YYYY-MM'.length;
const PARTITION_NAME = /^runs_(?<year>\d{4})_(?<month>\d{2})$/;

/** Makes sure that `runs` has a partition for every month that runs are written to. */
export class RunMonths {
  readonly #database: Database;
  readonly #known = new Set<Month>();

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Creates the partitions for `instants` (epoch ms). Call it outside of any transaction that writes runs, as a new
   * partition locks the whole table. Months before `oldest` get no partition, as it may have been dropped: their runs
   * wait in the default partition for the next sweep.
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
  if (await hasTable(database, partitionOf(month))) return;
  await database.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtext(${PARTITION_LOCK}))`.execute(transaction);
    const partition = sql.table(`offbeat.${partitionOf(month)}`);
    const [from, to] = [month, monthAfter(month)].map((each) => sql.lit(`${each}-01T00:00:00Z`));
    await sql`create table if not exists ${partition} partition of offbeat.runs
      for values from (${from}) to (${to})`.execute(transaction);
  });
}

/** Repositories with runs that were created before an instant. */
export async function repositoriesWithRunsBefore(
  database: Database,
  before: Date,
): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`
    select distinct repository_id as id from offbeat.runs where created_at < ${before} order by 1`.execute(
    database,
  );
  return rows.map(({ id }) => id);
}

/** Drops the partitions of months before `oldest` that are empty; returns these months. */
export async function dropEmptyMonthsBefore(database: Database, oldest: Month): Promise<readonly Month[]> {
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

/** The first instant of a month. */
export function startOf(month: Month): Date {
  return new Date(`${month}-01T00:00:00Z`);
}

/** Returns false where another process has dropped the partition, or where a new run keeps it for the next sweep. */
async function dropIfEmpty(database: Database, name: string): Promise<boolean> {
  const partition = sql.table(`offbeat.${name}`);
  return database.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtext(${PARTITION_LOCK}))`.execute(transaction);
    if (!(await hasTable(transaction, name))) return false;
    // Writers of runs lock the repository first; the same order here prevents a deadlock.
    await sql`lock table offbeat.repositories in exclusive mode`.execute(transaction);
    await sql`lock table offbeat.runs in access exclusive mode`.execute(transaction);
    const { rows } = await sql`select 1 from ${partition} limit 1`.execute(transaction);
    if (rows.length > 0) return false;
    await sql`drop table ${partition}`.execute(transaction);
    return true;
  });
}

/** The UTC month of an instant (epoch ms), minus `monthsBack` months. */
export function monthOf(instant: number, monthsBack = 0): Month {
  const date = new Date(instant);
  const shifted = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - monthsBack, 1));
  return shifted.toISOString().slice(0, MONTH_LENGTH);
}

function monthAfter(month: Month): Month {
  return monthOf(startOf(month).getTime(), -1);
}

function partitionOf(month: Month): string {
  return `runs_${month.replace('-', '_')}`;
}
