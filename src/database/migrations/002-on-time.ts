import { type Kysely, sql } from 'kysely';

/** Workflows that are started on time, and who has served their ticks. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of TABLES) await sql.raw(statement).execute(database);
}

const TABLES = [
  `create table offbeat.on_time (
    repository_id bigint primary key references offbeat.repositories on delete cascade,
    state jsonb not null
  )`,
  // A tick is served by one run: the key is what two processes would both write.
  `create table offbeat.ticks (
    repository_id bigint not null references offbeat.repositories on delete cascade,
    path text not null,
    tick double precision not null,
    served jsonb not null,
    primary key (repository_id, path, tick)
  )`,
  `create index on offbeat.ticks (tick)`,
];
