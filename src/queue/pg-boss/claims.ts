import { type RawBuilder, sql } from 'kysely';
import type { Database, Transaction } from '../../database/connect.ts';
import { BOSS_SCHEMA } from './boss.ts';
import type { ClaimedJob } from './places.ts';

/*
 * The two things that are done for every delivery, by the rules and with the marks of pg-boss's own statements for its
 * policy `key_strict_fifo`, but prepared, and without reading everything that waits. What is claimed is named by an array:
 * joined, the table would be read whole where the server knows nothing of its size.
 */

const JOB = sql.table(`${BOSS_SCHEMA}.job`);
/** What its index of the heads of groups holds, in the words of that index. */
const WAITS = sql`state < 'active' and not blocked and policy = 'key_strict_fifo'`;
/** The head of a group first: one that is tried again goes before all others. */
const IN_ORDER = sql`state desc, created_on, id`;
const CLAIMED = sql`state = 'active', started_on = now(), heartbeat_on = now(),
  retry_count = claimed.retry_count + case when claimed.started_on is null then 0 else 1 end`;
const JOB_FIELDS = sql`claimed.id, claimed.data, claimed.retry_count as "retryCount",
  claimed.expire_seconds as "expireInSeconds"`;

/**
 * Claims the heads of as many groups as asked for, in the order of the groups' names from behind `after` on and once round,
 * of groups of which nothing is under way or in the way. It goes from group to group until it has enough: pg-boss's fetch,
 * which wants the oldest, reads all that waits to find the heads.
 */
export async function claimHeads(
  database: Database,
  queue: string,
  after: string,
  count: number,
): Promise<readonly (ClaimedJob & { readonly group: string })[]> {
  // Written out, so that the plan is made for the one partition.
  const name = sql.lit(queue);
  // Asked for within the statement: a plan that knew these would look cheaper each time than the one that is kept.
  const from = sql`(select ${after}::text)`;
  const firstOf = (groups: RawBuilder<unknown>) => sql`(
    select singleton_key, id from ${JOB} where name = ${name} and ${WAITS} and ${groups}
    order by singleton_key, ${IN_ORDER} limit 1)`;
  const isBehind = sql`singleton_key <= ${from}`;
  const { rows } = await sql<ClaimedJob & { group: string }>`
    with recursive ahead as (
      ${firstOf(sql`singleton_key > ${from}`)}
      union all
      select further.* from ahead cross join lateral ${firstOf(sql`singleton_key > ahead.singleton_key`)} as further
    ), behind as (
      ${firstOf(isBehind)}
      union all
      select further.* from behind
        cross join lateral ${firstOf(sql`singleton_key > behind.singleton_key and ${isBehind}`)} as further
    ), free as (
      select held.id from (select * from ahead union all select * from behind) as head cross join lateral (
        select id from ${JOB} where name = ${name} and singleton_key = head.singleton_key and id = head.id and ${WAITS}
          and start_after <= now() and not exists (select from ${JOB} as other where other.name = ${name}
            and other.singleton_key = head.singleton_key and other.state in ('active', 'retry', 'failed')
            and other.policy = 'key_strict_fifo' and other.id <> head.id)
        for update skip locked
      ) as held limit (select ${count}::integer)
    ), taken as (
      update ${JOB} as claimed set ${CLAIMED} where claimed.name = ${name}
        and claimed.id = any(array(select id from free))
      returning ${JOB_FIELDS}, claimed.singleton_key
    )
    select *, singleton_key as "group" from taken order by ${isBehind}, singleton_key`.execute(database);
  return rows;
}

/** What became of a job and its group. */
export interface Completed {
  /** False where the job was not this try's any more: then nothing was done. */
  readonly wasMine: boolean;
  /** The next of the group, claimed too; `null` where none waits or none was asked for. */
  readonly next: ClaimedJob | null;
}

/** Of a statement that completes a job, beside whatever else it does. */
export interface Completing {
  readonly parts: RawBuilder<unknown>;
  /** Whether the job was this try's. */
  readonly holds: RawBuilder<boolean>;
  /** The next of the group, or null. */
  readonly answer: RawBuilder<unknown>;
}

/**
 * Takes away a job that is done, and claims the next of `group` in the same breath. Whoever has just had a repository in
 * hand need not read it again, and nobody has to look for the heads of groups.
 */
export function completing(
  queue: string,
  { id, retryCount }: Pick<ClaimedJob, 'id' | 'retryCount'>,
  group: string | null,
): Completing {
  const name = sql.lit(queue);
  const parts = sql`done as (
      delete from ${JOB} where name = ${name} and id = ${id} and state = 'active' and retry_count = ${retryCount}
      returning id
    ), head as (
      select id from ${JOB} where exists (select from done) and name = ${name} and singleton_key = ${group}
        and ${WAITS} and start_after <= now()
      order by ${IN_ORDER} limit 1 for update skip locked
    ), next as (
      update ${JOB} as claimed set ${CLAIMED} where claimed.name = ${name}
        and claimed.id = any(array(select id from head))
      returning ${JOB_FIELDS}
    )`;
  return {
    parts,
    holds: sql<boolean>`exists (select from done)`,
    answer: sql`(select to_json(next) from next)`,
  };
}

/** The same by itself. */
export async function completeJob(
  transaction: Transaction,
  ...job: Parameters<typeof completing>
): Promise<Completed> {
  const { parts, holds, answer } = completing(...job);
  const { rows } = await sql<{ mine: boolean; next: ClaimedJob | null }>`
    with ${parts} select ${holds} as mine, ${answer} as next`.execute(transaction);
  return { wasMine: rows[0]?.mine === true, next: rows[0]?.next ?? null };
}
