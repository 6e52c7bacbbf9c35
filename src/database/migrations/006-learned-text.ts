import { type Kysely, sql } from 'kysely';

/**
 * Version 6: the parts of what was learned as the text of their JSON. They are lists of numbers, which `jsonb` takes apart one
 * by one at every run, and nobody asks for inside of the database.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table offbeat.learned_parts alter column state type text using state::text`.execute(
    database,
  );
}
