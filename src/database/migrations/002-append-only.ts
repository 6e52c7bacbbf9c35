import { type Kysely, sql } from 'kysely';

/**
 * Version 2: an audit of what operators and the house itself have done, and a guard on what is kept for good. Decisions
 * and audit lines of a repository leave only with the repository; those of operators never.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database);
}

/** Rows of these can only be added; they are deleted with their repository alone. */
const OF_REPOSITORIES = ['decisions', 'audit'] as const;

const STATEMENTS = [
  `create table offbeat.operator_audit (
    sequence bigint generated always as identity primary key,
    at timestamptz not null default now(),
    action text not null,
    repository_id bigint,
    details jsonb not null
  )`,

  `create function offbeat.refuse_change() returns trigger language plpgsql as $$
  begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
  end $$`,
  // The setting names the one repository whose data the present transaction takes away.
  `create function offbeat.refuse_lone_delete() returns trigger language plpgsql as $$
  begin
    if current_setting('offbeat.deleting', true) = old.repository_id::text then
      return old;
    end if;
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
  end $$`,

  ...OF_REPOSITORIES.flatMap((table) => [
    `create trigger append_only before update on offbeat.${table}
      for each row execute function offbeat.refuse_change()`,
    `create trigger append_only_delete before delete on offbeat.${table}
      for each row execute function offbeat.refuse_lone_delete()`,
    `create trigger append_only_truncate before truncate on offbeat.${table}
      for each statement execute function offbeat.refuse_change()`,
  ]),
  `create trigger append_only before update or delete on offbeat.operator_audit
    for each row execute function offbeat.refuse_change()`,
  `create trigger append_only_truncate before truncate on offbeat.operator_audit
    for each statement execute function offbeat.refuse_change()`,
];
