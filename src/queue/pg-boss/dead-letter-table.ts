import { sql } from 'kysely';
import type { Database, Transaction } from '../../database/connect.ts';
import { jsonText } from '../../database/json-text.ts';
import { DeadLetter, type Job } from '../queue.ts';

/** More dead letters than this are the same fault many times. */
const MOST_LISTED = 1_000;

/** The oldest dead letters, oldest first. */
export async function listDeadLetters(database: Database): Promise<readonly DeadLetter[]> {
  const { rows } = await sql`
    select id, (extract(epoch from at) * 1000)::double precision as at, delivery_id as "deliveryId", event, reason,
      attempts, job
    from offbeat.dead_letters order by at, id limit ${MOST_LISTED}`.execute(database);
  return rows.map((row) => DeadLetter.parse(row));
}

/** Inserts a dead letter, or replaces the one with the same id. */
export async function addDeadLetter(database: Database | Transaction, letter: DeadLetter): Promise<void> {
  const job = letter.job === null ? null : jsonText(letter.job);
  await sql`
    insert into offbeat.dead_letters (id, at, delivery_id, event, reason, attempts, job)
    values (${letter.id}, ${new Date(letter.at)}, ${letter.deliveryId}, ${letter.event},
      ${letter.reason.replaceAll('\0', '\ufffd')}, ${letter.attempts}, ${job}::jsonb)
    on conflict (id) do update set at = excluded.at, reason = excluded.reason, attempts = excluded.attempts,
      job = excluded.job`.execute(database);
}

/** Deletes a dead letter and returns its job; `null` where there is no such letter or it has no job. */
export async function takeDeadLetter(transaction: Transaction, id: string): Promise<Job | null> {
  const { rows } = await sql<{ job: unknown }>`
    delete from offbeat.dead_letters where id = ${id} and job is not null returning job`.execute(transaction);
  const [row] = rows;
  if (row === undefined) return null;
  const job = DeadLetter.shape.job.parse(row.job);
  await noteInAudit(transaction, 'dead-letter-redriven', { id, repositoryId: job?.repositoryId ?? null });
  return job;
}

/** Deletes the dead letters of a delivery that was sent again and handled. */
export async function removeLettersOf(
  transaction: Transaction,
  { deliveryId, event }: Pick<Job, 'deliveryId' | 'event'>,
): Promise<void> {
  await sql`
    delete from offbeat.dead_letters where delivery_id = ${deliveryId} and event = ${event}`.execute(
    transaction,
  );
}

/** Deletes a dead letter, whatever it holds. `false` where there is none. */
export async function dropDeadLetter(transaction: Transaction, id: string): Promise<boolean> {
  const { rows } = await sql`delete from offbeat.dead_letters where id = ${id} returning id`.execute(
    transaction,
  );
  if (rows.length === 0) return false;
  await noteInAudit(transaction, 'dead-letter-dropped', { id, repositoryId: null });
  return true;
}

async function noteInAudit(
  transaction: Transaction,
  action: 'dead-letter-redriven' | 'dead-letter-dropped',
  { id, repositoryId }: { readonly id: string; readonly repositoryId: number | null },
): Promise<void> {
  await sql`insert into offbeat.operator_audit (action, repository_id, details)
    values (${action}, ${repositoryId}, jsonb_build_object('id', ${id}::text))`.execute(transaction);
}
