import { type Kysely, sql } from 'kysely';

/**
 * Version 4: months of runs that are no longer kept one by one, with quantile sketches, by kind. `run_months` stays for what
 * earlier versions have summed up, and for processes of theirs that still run. Besides: the jobs of a run while it goes on, and
 * how many jobs of a file run side by side.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database);
}

const STATEMENTS = [
  `create table offbeat.older_runs (
    repository_id bigint not null references offbeat.repositories on delete cascade,
    path text not null,
    month text not null,
    kind text not null,
    runs integer not null,
    successes integer not null,
    failures integer not null,
    timed_runs integer not null,
    total_seconds double precision not null,
    duration_seconds jsonb not null,
    lateness_minutes jsonb not null,
    newest_at double precision not null,
    primary key (repository_id, path, month, kind)
  )`,
  `alter table offbeat.runs add column jobs jsonb`,
  `alter table offbeat.schedule_versions add column widths jsonb`,
];
