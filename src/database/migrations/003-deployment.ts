import { type Kysely, sql } from 'kysely';

/** Version 3: what the operator has decided for all repositories, one row. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table offbeat.deployment (
        only_row boolean primary key default true check (only_row),
        deployment jsonb not null
      )`,
    )
    .execute(database);
}
