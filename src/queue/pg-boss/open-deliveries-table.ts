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
  /** Age of the oldest of them; 0 where there is none. */
  readonly oldestAgeSeconds: number;
  readonly deadLetters: number;
}

export async function countDeliveries(database: Database): Promise<DeliveryCounts> {
  const { rows } = await sql<DeliveryCounts>`
    select count(*)::integer as open,
      coalesce(extract(epoch from now() - min(accepted_at)), 0)::double precision as "oldestAgeSeconds",
      (select count(*)::integer from offbeat.dead_letters) as "deadLetters"
    from offbeat.open_deliveries`.execute(database);
  const [counts] = rows;
  if (counts === undefined) throw new Error('An aggregate returned no row.');
  return counts;
}
