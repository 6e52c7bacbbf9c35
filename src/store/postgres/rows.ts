import { type RawBuilder, sql } from 'kysely';
import { jsonText } from '../../database/json-text.ts';
import type { OlderRuns } from '../../history/older-runs.ts';
import type { Run } from '../../history/run.ts';
import type { RepositoryProfile } from '../../usecases/ports.ts';
import { Profile } from '../kept-repository.ts';

type ColumnType =
  | 'bigint'
  | 'integer'
  | 'double precision'
  | 'boolean'
  | 'text'
  | 'text[]'
  | 'jsonb'
  | 'timestamptz';

/** The name and type of the column for each field of an item. A `timestamptz` is epoch ms in the item. */
type Columns<Item> = Readonly<Record<keyof Item, readonly [name: string, type: ColumnType]>>;

const PROFILE_COLUMNS: Columns<RepositoryProfile> = {
  id: ['id', 'bigint'],
  installationId: ['installation_id', 'bigint'],
  owner: ['owner', 'text'],
  name: ['name', 'text'],
  defaultBranch: ['default_branch', 'text'],
  archived: ['archived', 'boolean'],
  fork: ['fork', 'boolean'],
  private: ['private', 'boolean'],
  commandedMode: ['commanded_mode', 'text'],
  lastRoundAt: ['last_round_at', 'timestamptz'],
  removedAt: ['removed_at', 'timestamptz'],
  noticesGiven: ['notices_given', 'text[]'],
  refusals: ['refusals', 'jsonb'],
};

/** Rows of `repositories`. */
export const PROFILES = rowsWith(PROFILE_COLUMNS);

/** Rows of `runs`. */
export const RUNS = rowsWith<Run>({
  id: ['run_id', 'bigint'],
  attempt: ['attempt', 'integer'],
  workflowId: ['workflow_id', 'bigint'],
  path: ['path', 'text'],
  event: ['event', 'text'],
  headSha: ['head_sha', 'text'],
  headBranch: ['head_branch', 'text'],
  actor: ['actor', 'text'],
  createdAt: ['created_at', 'timestamptz'],
  startedAt: ['started_at', 'timestamptz'],
  endedAt: ['ended_at', 'timestamptz'],
  conclusion: ['conclusion', 'text'],
  jobsStartedAt: ['jobs_started_at', 'timestamptz'],
  jobsEndedAt: ['jobs_ended_at', 'timestamptz'],
  jobs: ['jobs', 'jsonb'],
  durationSeconds: ['duration_seconds', 'double precision'],
  queueSeconds: ['queue_seconds', 'double precision'],
  scheduleKey: ['schedule_key', 'text'],
  tick: ['tick', 'timestamptz'],
  ambiguous: ['ambiguous', 'boolean'],
  predictedSeconds: ['predicted_seconds', 'double precision'],
});

/** Rows of `older_runs`. */
export const OLDER_RUNS = rowsWith<OlderRuns>({
  path: ['path', 'text'],
  month: ['month', 'text'],
  kind: ['kind', 'text'],
  runs: ['runs', 'integer'],
  successes: ['successes', 'integer'],
  failures: ['failures', 'integer'],
  timedRuns: ['timed_runs', 'integer'],
  totalSeconds: ['total_seconds', 'double precision'],
  durationSeconds: ['duration_seconds', 'jsonb'],
  latenessMinutes: ['lateness_minutes', 'jsonb'],
  newestAt: ['newest_at', 'double precision'],
});

/** Throws a `ZodError` where the row of `repositories` does not match. */
export function profileFrom(row: unknown): RepositoryProfile {
  const values = row as Readonly<Record<string, unknown>>;
  const fields = Object.entries(PROFILE_COLUMNS).map(([field, [name]]) => {
    const value = values[name];
    return [field, value instanceof Date ? value.getTime() : value];
  });
  return Profile.parse(Object.fromEntries(fields));
}

/** SQL for the rows of a table that hold items. */
interface Rows<Item> {
  readonly names: RawBuilder<unknown>;
  /** Sets every column to the value that an upsert gives. */
  readonly updates: RawBuilder<unknown>;
  /** The JSON of an item from its row. */
  readonly asJson: RawBuilder<unknown>;
  /** The rows of these items, as a table with the alias `given`. */
  given(items: readonly Item[]): RawBuilder<unknown>;
}

function rowsWith<Item extends object>(columnOf: Columns<Item>): Rows<Item> {
  const columns = Object.entries<readonly [name: string, type: ColumnType]>(columnOf);
  const listed = (textOf: (name: string, type: ColumnType, field: string) => string) =>
    sql.raw(columns.map(([field, [name, type]]) => textOf(name, type, field)).join(', '));
  const rowOf = (item: Item): object =>
    Object.fromEntries(
      columns.map(([field, [name, type]]) => [name, stored(item[field as keyof Item], type)]),
    );
  const types = listed((name, type) => `${name} ${type}`);
  return {
    names: listed((name) => name),
    updates: listed((name) => `${name} = excluded.${name}`),
    asJson: sql`json_build_object(${listed((name, type, field) => `'${field}', ${sqlOf(name, type)}`)})`,
    given: (items) => sql`jsonb_to_recordset(${jsonText(items.map(rowOf))}::jsonb) as given(${types})`,
  };
}

function stored(value: unknown, type: ColumnType): unknown {
  return type === 'timestamptz' && typeof value === 'number'
    ? new Date(value).toISOString()
    : (value ?? null);
}

/** SQL for the value of a column; times are epoch ms. */
function sqlOf(name: string, type: ColumnType): string {
  return type === 'timestamptz' ? `(extract(epoch from ${name}) * 1000)::double precision` : name;
}
