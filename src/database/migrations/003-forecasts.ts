import { type Kysely, sql } from 'kysely';

/** What was forecast of each run before it ended. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table offbeat.runs add column predicted_seconds double precision`.execute(database);
}
