import { type Kysely, sql } from 'kysely';

/** Version 5: what each repository is expected to take of the runners that an installation shares, for the others' plans. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table offbeat.shared_loads (
        repository_id bigint primary key references offbeat.repositories on delete cascade,
        load jsonb not null
      )`,
    )
    .execute(database);
}
