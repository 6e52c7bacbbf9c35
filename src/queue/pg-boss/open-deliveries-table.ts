import { sql } from 'kysely';
import type { Database, Transaction } from '../../database/connect.ts';

/*
 * Deliveries that are accepted and not yet settled, one row each. pg-boss's public statistics are up to a minute old
 * and know no ages; these rows are written and deleted in the same transactions as the jobs themselves.
 */

/** PostgreSQL channel on which processes hear that deliveries have come; the payload names their queues. */
export const ARRIVALS_CHANNEL = 'offbeat_deliveries';
const SEPARATOR = ' ';

/** Adds deliveries, and wakes the workers when the transaction commits. */
export async function addOpenDeliveries(
  transaction: Transaction,
  jobIds: readonly string[],
  queues: readonly string[],
): Promise<void> {
  await sql`
    with added as (
      insert into offbeat.open_deliveries (job_id) select * from unnest(${[...jobIds]}::uuid[])
    )
    select pg_notify(${ARRIVALS_CHANNEL}, ${queues.join(SEPARATOR)})`.execute(transaction);
}

/** The queues that a notification names. */
export function queuesOfNotification(payload: string): readonly string[] {
  return payload.split(SEPARATOR);
}

export async function removeOpenDelivery(transaction: Transaction, jobId: string): Promise<void> {
  await sql`delete from offbeat.open_deliveries where job_id = ${jobId}`.execute(transaction);
}

export interface DeliveryCounts {
  /** Accepted and not settled, by this process or any other. */
  readonly open: number;
  /** Open deliveries accepted before the given time. */
  readonly before: number;
  /** Age of the oldest open delivery; 0 where there is none. */
  readonly oldestAgeSeconds: number;
  readonly deadLetters: number;
}

/** The time by the clock that dates deliveries. */
export async function databaseTime(database: Database): Promise<Date> {
  const { rows } = await sql<{ readonly now: Date }>`select clock_timestamp() as now`.execute(database);
  const [row] = rows;
  if (row === undefined) throw new Error('The clock returned no row.');
  return row.now;
}

export async function countDeliveries(database: Database, time: Date): Promise<DeliveryCounts> {
  const { rows } = await sql<DeliveryCounts>`
    select count(*)::integer as open,
      (count(*) filter (where accepted_at < ${time}))::integer as before,
      coalesce(extract(epoch from now() - min(accepted_at)), 0)::double precision as "oldestAgeSeconds",
      (select count(*)::integer from offbeat.dead_letters) as "deadLetters"
    from offbeat.open_deliveries`.execute(database);
  const [counts] = rows;
  if (counts === undefined) throw new Error('An aggregate returned no row.');
  return counts;
}
