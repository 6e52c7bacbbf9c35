import { type RawBuilder, sql } from 'kysely';
import type { Transaction } from '../../database/connect.ts';
import { jsonText, storableText } from '../../database/json-text.ts';
import type { Run } from '../../history/run.ts';
import { findRun } from '../../history/run-history.ts';
import { tickKey } from '../../on-time/served-tick.ts';
import type { RepositoryProfile } from '../../usecases/ports.ts';
import type { KeptRepository } from '../kept-repository.ts';
import { changedJobParts, changedParts } from './learned-parts.ts';
import { replaceOlderRuns } from './older-runs-table.ts';
import { PROFILES, RUNS } from './rows.ts';
import type { OpenedRepository, VersionedRepository } from './unit-of-work.ts';

/** Another process has changed the repository since it was read: the work must be repeated on the new state. */
export class ChangedMeanwhile extends Error {}

/** A statement that writes to one table. */
export type Write = RawBuilder<unknown>;

const FOREIGN_KEY_VIOLATION = '23503';

/**
 * Writes the changes of a unit of work to one repository, together with `extraWrites` to other tables. Returns the new
 * version, or `null` where the repository is deleted. Throws `ChangedMeanwhile` where it is no longer at the version
 * that was read.
 */
export async function writeRepository(
  transaction: Transaction,
  opened: OpenedRepository,
  extraWrites: readonly Write[] = [],
): Promise<number | null> {
  const { id, state } = opened;
  if (opened.isDeleted) await deleteRepository(transaction, id);
  if (state === undefined) {
    for (const write of extraWrites) await write.execute(transaction);
    return null;
  }
  const base = opened.isDeleted ? undefined : opened.base;
  const writes = [
    ...runWrites(opened, state, base),
    ...partWrites(id, state, base),
    ...stateWrites(id, state, base),
    ...listWrites(opened),
    ...extraWrites,
  ];
  const version = await writeTogether(transaction, profileWrite(state.profile, base), writes);
  if (version === undefined) throw new ChangedMeanwhile(`Repository ${id} was changed meanwhile.`);
  const areMonthsChanged = opened.rolledUp.length > 0 || state.olderRuns !== base?.state.olderRuns;
  if (areMonthsChanged) await replaceOlderRuns(transaction, id, state.olderRuns);
  return version;
}

/** Runs all writes as one statement, as they touch different rows. Returns the version of `profile`, if any. */
async function writeTogether(
  transaction: Transaction,
  profile: Write,
  writes: readonly Write[],
): Promise<number | undefined> {
  const named = writes.map((write, index) => sql`, ${sql.raw(`write_${index}`)} as (${write})`);
  const statement = sql<{ version: number }>`
    with profile as (${profile}) ${sql.join(named, sql``)} select version from profile`;
  try {
    const { rows } = await statement.execute(transaction);
    return rows[0]?.version;
  } catch (error) {
    // The repository was deleted meanwhile.
    if (error instanceof Error && 'code' in error && error.code === FOREIGN_KEY_VIOLATION) return undefined;
    throw error;
  }
}

/** Inserts the repository's row, or updates it if still at the version of `base`. Returns the new version, if any. */
function profileWrite(profile: RepositoryProfile, base: VersionedRepository | undefined): Write {
  const given = sql`select ${PROFILES.names} from ${PROFILES.given([profile])}`;
  if (base === undefined) {
    return sql`insert into offbeat.repositories (${PROFILES.names}) ${given}
      on conflict (id) do nothing returning version`;
  }
  const changed = base.state.profile === profile ? sql`` : sql`, (${PROFILES.names}) = (${given})`;
  return sql`update offbeat.repositories set version = nextval('offbeat.versions') ${changed}
    where id = ${profile.id} and version = ${base.version} returning version`;
}

/** Upserts runs; deletes the rows of rolled-up ones, and those in another partition by their `createdAt`. */
function runWrites(
  { id, changes, rolledUp }: OpenedRepository,
  state: KeptRepository,
  base: VersionedRepository | undefined,
): readonly Write[] {
  const given = changes.flatMap((change) => change.runs ?? []);
  const kept = lastOfEach(given, runKey).filter((run) => findRun(state.runs, run) !== undefined);
  const dropped = rolledUp.filter((run) => findRun(state.runs, run) === undefined);
  const gone = [
    ...dropped.map((run) => storedRun(base, run)),
    ...kept.map((run) => {
      const stored = storedRun(base, run);
      return stored?.createdAt === run.createdAt ? undefined : stored;
    }),
  ].filter((run) => run !== undefined);
  const writes: Write[] = [];
  if (gone.length > 0) {
    // The ids are given once more as an array, so that the index is used instead of reading the whole history.
    writes.push(sql`delete from offbeat.runs run
      using ${RUNS.given(gone)}
      where run.repository_id = ${id} and run.run_id = any(${gone.map((run) => run.id)}::bigint[])
        and run.run_id = given.run_id and run.attempt = given.attempt and run.created_at = given.created_at`);
  }
  if (kept.length > 0) {
    writes.push(sql`insert into offbeat.runs (repository_id, ${RUNS.names})
      select ${id}::bigint, ${RUNS.names} from ${RUNS.given(kept)}
      on conflict (repository_id, run_id, attempt, created_at) do update set ${RUNS.updates}`);
  }
  return writes;
}

/** The run as the table holds it. */
function storedRun(base: VersionedRepository | undefined, run: Run): Run | undefined {
  if (base === undefined) return undefined;
  return findRun(base.state.runs, run) ?? base.rolledUp.find((each) => runKey(each) === runKey(run));
}

function runKey({ id, attempt }: Run): string {
  return `${id}/${attempt}`;
}

function partWrites(
  id: number,
  state: KeptRepository,
  base: VersionedRepository | undefined,
): readonly Write[] {
  const parts = [
    changedParts(base?.state.learned, state.learned),
    changedJobParts(base?.state.jobs, state.jobs),
  ];
  const changed = parts.flatMap((one) => one.changed);
  const removed = parts.flatMap((one) => one.removed);
  const writes: Write[] = [];
  if (removed.length > 0) {
    writes.push(
      sql`delete from offbeat.learned_parts where repository_id = ${id} and part = any(${[...removed]}::text[])`,
    );
  }
  if (changed.length > 0) {
    // Each text is a parameter of its own, which avoids escaping it within a larger JSON text.
    const rows = changed.map(([part, text]) => sql`(${id}::bigint, ${storableText(part)}, ${text})`);
    writes.push(sql`insert into offbeat.learned_parts (repository_id, part, state) values ${sql.join(rows)}
      on conflict (repository_id, part) do update set state = excluded.state`);
  }
  return writes;
}

/** Writes the values that are stored whole, where they differ from those of `base`. */
function stateWrites(
  id: number,
  state: KeptRepository,
  base: VersionedRepository | undefined,
): readonly Write[] {
  const before = base?.state;
  return [
    ...valueWrites(id, ['populations', 'population'], state.population, before?.population ?? null),
    ...valueWrites(id, ['care', 'care'], state.care, before?.care ?? null),
    ...valueWrites(id, ['shared_loads', 'load'], state.sharedLoad, before?.sharedLoad ?? null),
    ...valueWrites(id, ['on_time', 'state'], state.onTime, before?.onTime ?? null),
  ];
}

/** Stores a value in its table; `null` has no row. */
function valueWrites<Value extends object>(
  id: number,
  [tableName, columnName]: readonly [table: string, column: string],
  value: Value | null,
  before: Value | null,
): readonly Write[] {
  if (value === before) return [];
  const [table, column] = [sql.table(`offbeat.${tableName}`), sql.ref(columnName)];
  if (value === null) return [sql`delete from ${table} where repository_id = ${id}`];
  return [
    sql`insert into ${table} (repository_id, ${column}) values (${id}, ${jsonText(value)}::jsonb)
      on conflict (repository_id) do update set ${column} = excluded.${column}`,
  ];
}

function listWrites({ id, changes }: OpenedRepository): readonly Write[] {
  const ticks = changes.flatMap((change) => change.ticks ?? []);
  const learningEvents = changes.flatMap((change) => change.learningEvents ?? []);
  const auditEvents = changes.flatMap((change) => change.auditEvents ?? []);
  const versions = changes.flatMap((change) => change.scheduleVersions ?? []);
  const decisions = changes.flatMap((change) => change.decisions ?? []);
  const proposals = changes.flatMap((change) => change.proposals ?? []);
  return [
    ...writesOf(
      lastOfEach(ticks, tickKey),
      (rows) => sql`insert into offbeat.ticks (repository_id, path, tick, served)
        select ${id}::bigint, value ->> 'path', (value ->> 'tick')::double precision, value from ${rows}
        on conflict (repository_id, path, tick) do update set served = excluded.served`,
    ),
    ...writesOf(
      learningEvents,
      (rows) => sql`insert into offbeat.learning_events (repository_id, event)
        select ${id}::bigint, value from ${rows} order by ordinality`,
    ),
    ...writesOf(
      auditEvents,
      (rows) => sql`insert into offbeat.audit (repository_id, event)
        select ${id}::bigint, value from ${rows} order by ordinality`,
    ),
    ...writesOf(
      lastOfEach(versions, ({ sha }) => sha),
      (rows) => sql`insert into offbeat.schedule_versions (repository_id, sha, seen_at, entries, widths)
        select ${id}::bigint, value ->> 'sha', (value ->> 'seenAt')::double precision, value -> 'entries',
          value -> 'widths'
        from ${rows} order by ordinality
        on conflict (repository_id, sha) do update set
          seen_at = excluded.seen_at, entries = excluded.entries, widths = excluded.widths`,
    ),
    ...writesOf(
      lastOfEach(decisions, (decision) => decision.id),
      (rows) => sql`insert into offbeat.decisions (repository_id, id, at, decision)
        select ${id}::bigint, value ->> 'id', to_timestamp((value ->> 'at')::double precision / 1000), value
        from ${rows}
        where value is distinct from (select decision from offbeat.decisions known
          where known.repository_id = ${id} and known.id = value ->> 'id' order by sequence desc limit 1)
        order by ordinality`,
    ),
    ...writesOf(
      lastOfEach(proposals, ({ pullNumber }) => pullNumber),
      (rows) => sql`insert into offbeat.proposals (repository_id, pull_number, state, proposal)
        select ${id}::bigint, (value ->> 'pullNumber')::integer, value ->> 'state', value
        from ${rows} order by ordinality
        on conflict (repository_id, pull_number) do update set
          state = excluded.state, proposal = excluded.proposal`,
    ),
  ];
}

/** The last item of each key, in the order in which the keys first appear. */
function lastOfEach<T>(items: readonly T[], keyOf: (item: T) => unknown): readonly T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

/** The write of a list, where there is anything in it, from rows `value`, `ordinality`. */
function writesOf(list: readonly object[], write: (rows: RawBuilder<unknown>) => Write): readonly Write[] {
  if (list.length === 0) return [];
  const rows = sql`jsonb_array_elements(${jsonText(list)}::jsonb) with ordinality as item(value, ordinality)`;
  return [write(rows)];
}

/** Deletes all rows of one repository, and notes the deletion in the operator's audit. */
async function deleteRepository(transaction: Transaction, id: number): Promise<void> {
  await sql`select set_config('offbeat.deleting', ${String(id)}, true)`.execute(transaction);
  const { rows } = await sql`delete from offbeat.repositories where id = ${id} returning id`.execute(
    transaction,
  );
  const runs = await sql`delete from offbeat.runs where repository_id = ${id}`.execute(transaction);
  await sql`select set_config('offbeat.deleting', '', true)`.execute(transaction);
  if (rows.length === 0) return;
  await sql`insert into offbeat.operator_audit (action, repository_id, details) values
    ('repository-deleted', ${id}, jsonb_build_object('runs', ${Number(runs.numAffectedRows ?? 0)}::integer))`.execute(
    transaction,
  );
}
