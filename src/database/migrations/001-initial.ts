import { type Kysely, sql } from 'kysely';

/** What is kept of repositories and by the operator, and what the queue keeps beside pg-boss's own tables. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of [...TABLES, ...APPEND_ONLY]) await sql.raw(statement).execute(database);
}

const TABLES = [
  `create sequence offbeat.versions`,

  // `version` is another number after every change, never used twice. `older_events` and `older_audit` count what was
  // dropped as too old. What a query or an operator filters by is a column; what is read as a whole is `jsonb`.
  `create table offbeat.repositories (
    id bigint primary key,
    installation_id bigint not null,
    owner text not null,
    name text not null,
    default_branch text not null,
    archived boolean not null,
    fork boolean not null,
    private boolean not null,
    commanded_mode text,
    last_round_at timestamptz,
    removed_at timestamptz,
    notices_given text[] not null,
    refusals jsonb not null,
    version bigint not null default nextval('offbeat.versions'),
    older_events integer not null default 0,
    older_audit integer not null default 0
  )`,
  `create index on offbeat.repositories (installation_id)`,
  `create index on offbeat.repositories (removed_at) where removed_at is not null`,

  // By month, so that what is too old goes by dropping a table. No foreign key: every run would lock its repository.
  `create table offbeat.runs (
    repository_id bigint not null,
    run_id bigint not null,
    attempt integer not null,
    workflow_id bigint not null,
    path text not null,
    event text not null,
    head_sha text not null,
    head_branch text,
    actor text,
    created_at timestamptz not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    conclusion text,
    jobs_started_at timestamptz,
    jobs_ended_at timestamptz,
    jobs jsonb,
    duration_seconds double precision,
    queue_seconds double precision,
    schedule_key text,
    tick timestamptz,
    ambiguous boolean not null,
    primary key (repository_id, run_id, attempt, created_at)
  ) partition by range (created_at)`,
  `create table offbeat.runs_other partition of offbeat.runs default`,

  // Sums of runs that are no longer kept one by one, with quantile sketches.
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

  // The learned state in parts: a run changes a handful of them. JSON as text: nobody queries inside, and jsonb would
  // take the long lists of numbers apart at every run.
  `create table offbeat.learned_parts (
    repository_id bigint not null references offbeat.repositories on delete cascade,
    part text not null,
    state text not null,
    primary key (repository_id, part)
  )`,
  // lz4 takes a tenth of the time of the default compression, where the server has it.
  `do $$ begin
    alter table offbeat.learned_parts alter column state set compression lz4, alter column state set storage main;
  exception when feature_not_supported then null;
  end $$`,
  `create table offbeat.populations (
    repository_id bigint primary key references offbeat.repositories on delete cascade,
    population jsonb not null
  )`,
  `create table offbeat.learning_events (
    repository_id bigint not null references offbeat.repositories on delete cascade,
    sequence bigint generated always as identity,
    event jsonb not null,
    primary key (repository_id, sequence)
  )`,
  `create table offbeat.schedule_versions (
    repository_id bigint not null references offbeat.repositories on delete cascade,
    sha text not null,
    position bigint generated always as identity,
    seen_at double precision not null,
    entries jsonb not null,
    widths jsonb,
    primary key (repository_id, sha)
  )`,

  `create table offbeat.care (
    repository_id bigint primary key references offbeat.repositories on delete cascade,
    care jsonb not null
  )`,
  // What the repository is expected to take of the runners that an installation shares, for the plans of the others.
  `create table offbeat.shared_loads (
    repository_id bigint primary key references offbeat.repositories on delete cascade,
    load jsonb not null
  )`,
  `create table offbeat.audit (
    repository_id bigint not null references offbeat.repositories on delete cascade,
    sequence bigint generated always as identity,
    event jsonb not null,
    primary key (repository_id, sequence)
  )`,

  // A changed decision is another row: what was decided once stays readable.
  `create table offbeat.decisions (
    repository_id bigint not null references offbeat.repositories on delete cascade,
    sequence bigint generated always as identity,
    id text not null,
    at timestamptz not null,
    decision jsonb not null,
    primary key (repository_id, sequence)
  )`,
  `create index on offbeat.decisions (repository_id, id, sequence desc)`,

  `create table offbeat.proposals (
    repository_id bigint not null references offbeat.repositories on delete cascade,
    pull_number integer not null,
    position bigint generated always as identity,
    state text not null,
    proposal jsonb not null,
    primary key (repository_id, pull_number)
  )`,
  `create index on offbeat.proposals (repository_id) where state = 'open'`,

  `create table offbeat.lateness_pool (
    only_row boolean primary key default true check (only_row),
    pool jsonb not null
  )`,
  // What jobs have added to the pool since it was last summed up: rows of their own, so that no job waits for another.
  `create table offbeat.lateness_changes (
    sequence bigint generated always as identity primary key,
    change jsonb not null
  )`,

  // What the operator has decided for all repositories.
  `create table offbeat.deployment (
    only_row boolean primary key default true check (only_row),
    deployment jsonb not null
  )`,

  // Deliveries that are accepted and not yet settled; the jobs themselves are pg-boss's.
  `create table offbeat.open_deliveries (
    job_id uuid primary key,
    accepted_at timestamptz not null default now()
  )`,
  `create table offbeat.seen_keys (
    key text collate "C" primary key,
    seen_at timestamptz not null default now()
  )`,
  `create index on offbeat.seen_keys using brin (seen_at)`,
  // Sessions that were ended and codes that were used, until they would have expired by themselves.
  `create table offbeat.expiring_keys (
    key text collate "C" primary key,
    expires_at timestamptz not null
  )`,
  `create table offbeat.dead_letters (
    id text primary key,
    at timestamptz not null,
    delivery_id text not null,
    event text not null,
    reason text not null,
    attempts integer not null,
    job jsonb
  )`,
  `create index on offbeat.dead_letters (at)`,
  `create table offbeat.operator_audit (
    sequence bigint generated always as identity primary key,
    at timestamptz not null default now(),
    action text not null,
    repository_id bigint,
    details jsonb not null
  )`,
];

/** Rows of these can only be added; they are deleted with their repository alone. */
const OF_REPOSITORIES = ['decisions', 'audit'] as const;

const APPEND_ONLY = [
  `create function offbeat.refuse_change() returns trigger language plpgsql as $$
  begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
  end $$`,
  // The setting names the one repository whose data the present transaction deletes.
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
