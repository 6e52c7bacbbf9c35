import { type RawBuilder, sql } from 'kysely';
import type { Transaction } from '../../database/connect.ts';
import { jsonText, storableText } from '../../database/json-text.ts';
import { OffbeatError } from '../../errors.ts';
import type { Run } from '../../history/run.ts';
import { findRun } from '../../history/run-history.ts';
import { tickKey } from '../../on-time/served-tick.ts';
import type { RepositoryProfile } from '../../usecases/ports.ts';
import type { KeptRepository } from '../kept-repository.ts';
import { changedJobParts, changedParts } from './learned-parts.ts';
import { replaceOlderRuns } from './older-runs-table.ts';
import { profileColumns, RUN_COLUMNS, runRow } from './rows.ts';
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

export function withoutProfile(id: number): OffbeatError {
  return new OffbeatError('not-found', 'Unknown repository.', { where: `repository ${id}` });
}

/** Inserts the repository's row, or updates it if still at the version of `base`. Returns the new version, if any. */
function profileWrite(profile: RepositoryProfile, base: VersionedRepository | undefined): Write {
  const columns = Object.entries(profileColumns(profile));
  if (base === undefined) {
    return sql`insert into offbeat.repositories (${sql.join(columns.map(([name]) => sql.ref(name)))})
      values (${sql.join(columns.map(([, value]) => value))})
      on conflict (id) do nothing returning version`;
  }
  const changed = base.state.profile === profile ? [] : columns;
  const sets = changed.map(([name, value]) => sql`, ${sql.ref(name)} = ${value}`);
  return sql`update offbeat.repositories set version = nextval('offbeat.versions') ${sql.join(sets, sql``)}
    where id = ${profile.id} and version = ${base.version} returning version`;
}

/** Upserts runs; deletes the rows of rolled-up ones, and those in another partition by their `createdAt`. */
function runWrites(
  { id, changes, rolledUp }: OpenedRepository,
  state: KeptRepository,
  base: VersionedRepository | undefined,
): readonly Write[] {
  const given = lastOfEach(
    changes.flatMap(({ runs = [] }) => runs),
    runKey,
  );
  const kept = given.filter((run) => findRun(state.runs, run) !== undefined);
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
      using jsonb_to_recordset(${jsonText(gone.map(runRow))}::jsonb)
        as given(run_id bigint, attempt integer, created_at timestamptz)
      where run.repository_id = ${id} and run.run_id = any(${gone.map((run) => run.id)}::bigint[])
        and run.run_id = given.run_id and run.attempt = given.attempt and run.created_at = given.created_at`);
  }
  if (kept.length > 0) {
    writes.push(sql`insert into offbeat.runs (repository_id, ${RUN_NAMES})
      select ${id}::bigint, ${RUN_NAMES} from jsonb_to_recordset(${jsonText(kept.map(runRow))}::jsonb)
        as given(${RUN_FIELDS})
      on conflict (repository_id, run_id, attempt, created_at) do update set ${RUN_UPDATES}`);
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
  { population, care, sharedLoad, onTime }: KeptRepository,
  base: VersionedRepository | undefined,
): readonly Write[] {
  const before = base?.state;
  const writes: Write[] = [];
  if (population !== before?.population) {
    writes.push(sql`insert into offbeat.populations (repository_id, population)
      values (${id}, ${jsonText(population)}::jsonb)
      on conflict (repository_id) do update set population = excluded.population`);
  }
  if (care !== before?.care) {
    writes.push(sql`insert into offbeat.care (repository_id, care) values (${id}, ${jsonText(care)}::jsonb)
      on conflict (repository_id) do update set care = excluded.care`);
  }
  if (sharedLoad !== (before?.sharedLoad ?? null)) {
    writes.push(
      sharedLoad === null
        ? sql`delete from offbeat.shared_loads where repository_id = ${id}`
        : sql`insert into offbeat.shared_loads (repository_id, load) values (${id}, ${jsonText(sharedLoad)}::jsonb)
            on conflict (repository_id) do update set load = excluded.load`,
    );
  }
  if (onTime !== (before?.onTime ?? null)) {
    writes.push(
      onTime === null
        ? sql`delete from offbeat.on_time where repository_id = ${id}`
        : sql`insert into offbeat.on_time (repository_id, state) values (${id}, ${jsonText(onTime)}::jsonb)
            on conflict (repository_id) do update set state = excluded.state`,
    );
  }
  return writes;
}

function listWrites({ id, changes }: OpenedRepository): readonly Write[] {
  const learningEvents = changes.flatMap((change) => change.learningEvents ?? []);
  const auditEvents = changes.flatMap((change) => change.auditEvents ?? []);
  const versions = lastOfEach(
    changes.flatMap(({ scheduleVersions = [] }) => scheduleVersions),
    ({ sha }) => sha,
  );
  const decisions = lastOfEach(
    changes.flatMap((change) => change.decisions ?? []),
    (decision) => decision.id,
  );
  const proposals = lastOfEach(
    changes.flatMap((change) => change.proposals ?? []),
    ({ pullNumber }) => pullNumber,
  );
  const ticks = lastOfEach(
    changes.flatMap((change) => change.ticks ?? []),
    tickKey,
  );
  const writes: Write[] = [];
  if (ticks.length > 0) {
    writes.push(sql`insert into offbeat.ticks (repository_id, path, tick, served)
      select ${id}::bigint, value ->> 'path', (value ->> 'tick')::double precision, value
      from ${items(ticks)}
      on conflict (repository_id, path, tick) do update set served = excluded.served`);
  }
  if (learningEvents.length > 0) {
    writes.push(sql`insert into offbeat.learning_events (repository_id, event)
      select ${id}::bigint, value from ${items(learningEvents)} order by ordinality`);
  }
  if (auditEvents.length > 0) {
    writes.push(sql`insert into offbeat.audit (repository_id, event)
      select ${id}::bigint, value from ${items(auditEvents)} order by ordinality`);
  }
  if (versions.length > 0) {
    writes.push(sql`insert into offbeat.schedule_versions (repository_id, sha, seen_at, entries, widths)
      select ${id}::bigint, value ->> 'sha', (value ->> 'seenAt')::double precision, value -> 'entries',
        value -> 'widths'
      from ${items(versions)} order by ordinality
      on conflict (repository_id, sha) do update set
        seen_at = excluded.seen_at, entries = excluded.entries, widths = excluded.widths`);
  }
  if (decisions.length > 0) {
    writes.push(sql`insert into offbeat.decisions (repository_id, id, at, decision)
      select ${id}::bigint, value ->> 'id', to_timestamp((value ->> 'at')::double precision / 1000), value
      from ${items(decisions)}
      where value is distinct from (select decision from offbeat.decisions known
        where known.repository_id = ${id} and known.id = value ->> 'id' order by sequence desc limit 1)
      order by ordinality`);
  }
  if (proposals.length > 0) {
    writes.push(sql`insert into offbeat.proposals (repository_id, pull_number, state, proposal)
      select ${id}::bigint, (value ->> 'pullNumber')::integer, value ->> 'state', value
      from ${items(proposals)} order by ordinality
      on conflict (repository_id, pull_number) do update set
        state = excluded.state, proposal = excluded.proposal`);
  }
  return writes;
}

/** The last item of each key, in the order in which the keys first appear. */
function lastOfEach<T>(items: readonly T[], keyOf: (item: T) => unknown): readonly T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

const RUN_FIELDS = sql.raw(
  Object.entries(RUN_COLUMNS)
    .map(([name, type]) => `${name} ${type}`)
    .join(', '),
);
const RUN_NAMES = sql.raw(Object.keys(RUN_COLUMNS).join(', '));
const RUN_UPDATES = sql.raw(
  Object.keys(RUN_COLUMNS)
    .map((name) => `${name} = excluded.${name}`)
    .join(', '),
);

/** Rows `value`, `ordinality` of a list. */
function items(list: readonly object[]): RawBuilder<unknown> {
  return sql`jsonb_array_elements(${jsonText(list)}::jsonb) with ordinality as item(value, ordinality)`;
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
