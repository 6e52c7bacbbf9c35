import { sql } from 'kysely';
import type { Database, Transaction } from '../../database/connect.ts';
import { ROLLED_UP } from './rows.ts';

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

/** Drops the partitions of months before `oldest`, and keeps their sums; returns the months dropped. */
export async function rollUpMonthsBefore(database: Database, oldest: Month): Promise<readonly Month[]> {
  const { rows } = await sql<{ name: string }>`
    select child.relname as name from pg_inherits
    join pg_class child on child.oid = pg_inherits.inhrelid
    where pg_inherits.inhparent = 'offbeat.runs'::regclass order by 1`.execute(database);
  const dropped: Month[] = [];
  for (const { name } of rows) {
    const { year, month } = PARTITION_NAME.exec(name)?.groups ?? {};
    if (year === undefined || month === undefined || `${year}-${month}` >= oldest) continue;
    await rollUpPartition(database, name);
    dropped.push(`${year}-${month}`);
  }
  await rollUpStragglers(database, oldest);
  return dropped;
}

/** Sums and dropping commit together, and nobody writes in between: a run is counted once. */
async function rollUpPartition(database: Database, name: string): Promise<void> {
  const partition = sql.table(`offbeat.${name}`);
  await database.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtext(${PARTITION_LOCK}))`.execute(transaction);
    const { rows } = await sql<{
      found: string | null;
    }>`select to_regclass(${`offbeat.${name}`})::text as found`.execute(transaction);
    if ((rows[0]?.found ?? null) === null) return;
    await holdRepositories(transaction);
    await sql`lock table offbeat.runs in access exclusive mode`.execute(transaction);
    await sql`with old as (select * from ${partition}) ${ADD_UP}`.execute(transaction);
    await sql`drop table ${partition}`.execute(transaction);
  });
}

async function rollUpStragglers(database: Database, oldest: Month): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await holdRepositories(transaction);
    await sql`with old as (
      delete from offbeat.runs_other where created_at < ${`${oldest}-01T00:00:00Z`}::timestamptz returning *
    ) ${ADD_UP}`.execute(transaction);
  });
}

/** Whoever writes runs holds their repository first: taken in the same order, nobody waits for each other in a ring. */
async function holdRepositories(transaction: Transaction): Promise<void> {
  await sql`lock table offbeat.repositories in exclusive mode`.execute(transaction);
}

/** Adds the rows of `old` to the sums, and says to every cache that their repositories have changed. */
const ADD_UP = sql`, touched as (
    update offbeat.repositories set version = nextval('offbeat.versions')
    where id in (select repository_id from old)
  )
  insert into offbeat.run_months
    (repository_id, path, month, runs, successes, failures, timed_runs, total_seconds)
  select run.repository_id, ${sql.raw(ROLLED_UP)} from old run
  join offbeat.repositories on repositories.id = run.repository_id
  group by run.repository_id, run.path, month
  on conflict (repository_id, path, month) do update set
    runs = run_months.runs + excluded.runs,
    successes = run_months.successes + excluded.successes,
    failures = run_months.failures + excluded.failures,
    timed_runs = run_months.timed_runs + excluded.timed_runs,
    total_seconds = run_months.total_seconds + excluded.total_seconds`;

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
