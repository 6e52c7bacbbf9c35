import { type Kysely, sql } from 'kysely';

/** Each delivery that is handled deletes its own dead letters, and the table has no bound. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create index on offbeat.dead_letters (delivery_id)`.execute(database);
}
