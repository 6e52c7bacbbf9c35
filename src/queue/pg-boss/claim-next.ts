import { sql } from 'kysely';
import type { Transaction } from '../../database/connect.ts';
import { BOSS_SCHEMA } from './boss.ts';
import type { ClaimedJob } from './places.ts';

/**
 * Claims the next job of a group in the transaction that settles the one before, by the rules and with the marks of
 * pg-boss's own fetch for its policy `key_strict_fifo`; `null` where none waits, or somebody else is at it. Whoever has
 * just had a repository in hand need not read it again, and nobody has to look for the heads of all groups.
 */
export async function claimNext(
  transaction: Transaction,
  queue: string,
  group: string,
): Promise<ClaimedJob | null> {
  const job = sql.table(`${BOSS_SCHEMA}.job`);
  // Written out, so that the plan is made for the one partition.
  const name = sql.lit(queue);
  const { rows } = await sql<ClaimedJob>`
    with head as (
      select id from ${job} where name = ${name} and singleton_key = ${group} and state < 'active' and not blocked
        and policy = 'key_strict_fifo' and start_after <= now()
      order by state desc, created_on, id limit 1 for update skip locked
    )
    update ${job} as claimed set state = 'active', started_on = now(), heartbeat_on = now(),
      retry_count = claimed.retry_count + case when claimed.started_on is null then 0 else 1 end
    from head where claimed.name = ${name} and claimed.id = head.id
    returning claimed.id, claimed.data, claimed.retry_count as "retryCount",
      claimed.expire_seconds as "expireInSeconds"`.execute(transaction);
  return rows[0] ?? null;
}
