import { type RawBuilder, sql } from 'kysely';
import type { Transaction } from '../../database/connect.ts';
import { jsonText } from '../../database/json-text.ts';
import { OffbeatError } from '../../errors.ts';
import type { Run } from '../../history/run.ts';
import type { RepositoryProfile } from '../../usecases/ports.ts';
import type { KeptRepository } from '../kept-repository.ts';
import { type PartPrints, partsToWrite } from './learned-parts.ts';
import { writeOlderRuns } from './older-runs-table.ts';
import type { PendingChange } from './pending-change.ts';
import { profileColumns, RUN_COLUMNS, runRow } from './rows.ts';

/** What the changes were made from: `null` where the repository was not there, absent where nobody looked. */
export interface Base {
  readonly version: number;
  readonly profile: RepositoryProfile;
  readonly prints: PartPrints;
}

export interface Written {
  /** Version after the change; `null` where the repository is gone. */
  readonly version: number | null;
  /** True where nobody else had changed the repository since `base`. */
  readonly wasAtBase: boolean;
  readonly prints: PartPrints;
}

/** Somebody else has changed the learned state since it was read: the work has to be done again on what stands now. */
export class ChangedMeanwhile extends Error {}

/**
 * Writes one repository's changes. Fields of the profile, runs, decisions and so on go beside what others have written;
 * what is replaced whole must not have been changed by anybody: then it throws `ChangedMeanwhile`. Throws `not-found` for a
 * repository that is not there and begins without a profile.
 */
export async function writeChange(
  transaction: Transaction,
  id: number,
  change: PendingChange,
  base: Base | null | undefined,
): Promise<Written> {
  if (change.deleted) {
    await deleteRepository(transaction, id);
    if (change.profile === undefined) return { version: null, wasAtBase: true, prints: new Map() };
  }
  const { before, after } = await claim(transaction, id, change, change.deleted ? undefined : base);
  const wasAtBase = change.deleted || (base === null ? before === null : before === base?.version);
  if (change.replacesWhole && base !== undefined && !wasAtBase) throw new ChangedMeanwhile();
  const known = wasAtBase && !change.deleted ? (base?.prints ?? new Map()) : undefined;
  const prints = await writeLearned(transaction, id, change, known);
  await writeRest(transaction, id, change);
  return { version: after, wasAtBase, prints };
}

/** Locks the repository's row, moves its version on and writes its profile. */
async function claim(
  transaction: Transaction,
  id: number,
  { profile }: PendingChange,
  base: Base | null | undefined,
): Promise<{ before: number | null; after: number }> {
  const columns = profile === undefined ? {} : profileColumns(profile, base?.profile);
  const sets = Object.entries(columns).map(([name, value]) => sql`, ${sql.ref(name)} = ${value}`);
  const update = () =>
    sql<{ before: number; after: number }>`
      with held as (select id, version from offbeat.repositories where id = ${id} for update)
      update offbeat.repositories set version = nextval('offbeat.versions') ${sql.join(sets, sql``)}
      from held where repositories.id = held.id
      returning held.version as before, repositories.version as after`.execute(transaction);
  const [updated] = (await update()).rows;
  if (updated !== undefined) return updated;
  if (profile === undefined) throw withoutProfile(id);
  const all = Object.entries(profileColumns(profile));
  const { rows } = await sql<{ version: number }>`
    insert into offbeat.repositories (${sql.join(all.map(([name]) => sql.ref(name)))})
    values (${sql.join(all.map(([, value]) => value))})
    on conflict (id) do nothing returning version`.execute(transaction);
  const [inserted] = rows;
  if (inserted !== undefined) return { before: null, after: inserted.version };
  const [raced] = (await update()).rows;
  if (raced === undefined) throw new ChangedMeanwhile();
  return raced;
}

export function withoutProfile(id: number): OffbeatError {
  return new OffbeatError('not-found', 'A repository begins with its profile.', {
    where: `repository ${id}`,
  });
}

async function writeLearned(
  transaction: Transaction,
  id: number,
  { learned }: PendingChange,
  known: PartPrints | undefined,
): Promise<PartPrints> {
  if (learned === undefined) return known ?? new Map();
  const { changed, removed, prints } = partsToWrite(learned, known ?? new Map());
  if (known === undefined) {
    await sql`delete from offbeat.learned_parts where repository_id = ${id}`.execute(transaction);
  } else if (removed.length > 0) {
    await sql`delete from offbeat.learned_parts where repository_id = ${id} and part = any(${[...removed]}::text[])`.execute(
      transaction,
    );
  }
  if (Object.keys(changed).length > 0) {
    await sql`insert into offbeat.learned_parts (repository_id, part, state)
      select ${id}::bigint, key, value from jsonb_each(${jsonText(changed)}::jsonb)
      on conflict (repository_id, part) do update set state = excluded.state`.execute(transaction);
  }
  return prints;
}

async function writeRest(transaction: Transaction, id: number, change: PendingChange): Promise<void> {
  const { population, care, sharedLoad, learningEvents, auditEvents } = change;
  if (change.runs.size > 0) await writeRuns(transaction, id, [...change.runs.values()]);
  if (population !== undefined) {
    await sql`insert into offbeat.populations (repository_id, population)
      values (${id}, ${jsonText(population)}::jsonb)
      on conflict (repository_id) do update set population = excluded.population`.execute(transaction);
  }
  if (care !== undefined) {
    await sql`insert into offbeat.care (repository_id, care) values (${id}, ${jsonText(care)}::jsonb)
      on conflict (repository_id) do update set care = excluded.care`.execute(transaction);
  }
  if (sharedLoad === null) {
    await sql`delete from offbeat.shared_loads where repository_id = ${id}`.execute(transaction);
  } else if (sharedLoad !== undefined) {
    await sql`insert into offbeat.shared_loads (repository_id, load) values (${id}, ${jsonText(sharedLoad)}::jsonb)
      on conflict (repository_id) do update set load = excluded.load`.execute(transaction);
  }
  if (learningEvents.length > 0) {
    await sql`insert into offbeat.learning_events (repository_id, event)
      select ${id}::bigint, value from ${items(learningEvents)} order by ordinality`.execute(transaction);
  }
  if (auditEvents.length > 0) {
    await sql`insert into offbeat.audit (repository_id, event)
      select ${id}::bigint, value from ${items(auditEvents)} order by ordinality`.execute(transaction);
  }
  if (change.scheduleVersions.size > 0) {
    await sql`insert into offbeat.schedule_versions (repository_id, sha, seen_at, entries, widths)
      select ${id}::bigint, value ->> 'sha', (value ->> 'seenAt')::double precision, value -> 'entries', value -> 'widths'
      from ${items([...change.scheduleVersions.values()])} order by ordinality
      on conflict (repository_id, sha) do update set
        seen_at = excluded.seen_at, entries = excluded.entries, widths = excluded.widths`.execute(
      transaction,
    );
  }
  if (change.decisions.size > 0) {
    await sql`insert into offbeat.decisions (repository_id, id, at, decision)
      select ${id}::bigint, value ->> 'id', to_timestamp((value ->> 'at')::double precision / 1000), value
      from ${items([...change.decisions.values()])}
      where value is distinct from (select decision from offbeat.decisions said
        where said.repository_id = ${id} and said.id = value ->> 'id' order by sequence desc limit 1)
      order by ordinality`.execute(transaction);
  }
  if (change.proposals.size > 0) {
    await sql`insert into offbeat.proposals (repository_id, pull_number, state, proposal)
      select ${id}::bigint, (value ->> 'pullNumber')::integer, value ->> 'state', value
      from ${items([...change.proposals.values()])} order by ordinality
      on conflict (repository_id, pull_number) do update set
        state = excluded.state, proposal = excluded.proposal`.execute(transaction);
  }
}

/** A run whose creation was told otherwise before may lie in another month's partition: that row goes. */
async function writeRuns(transaction: Transaction, id: number, runs: readonly Run[]): Promise<void> {
  const rows = runs.map(runRow);
  // Named apart from the rows, so that the index is used and not the repository's whole history read.
  const ids = runs.map((run) => run.id);
  await sql`
    with given as (select * from jsonb_to_recordset(${jsonText(rows)}::jsonb) as run(${RUN_FIELDS})),
    moved as (
      delete from offbeat.runs run using given
      where run.repository_id = ${id} and run.run_id = any(${ids}::bigint[]) and run.run_id = given.run_id
        and run.attempt = given.attempt and run.created_at <> given.created_at
    )
    insert into offbeat.runs (repository_id, ${RUN_NAMES}) select ${id}::bigint, ${RUN_NAMES} from given
    on conflict (repository_id, run_id, attempt, created_at) do update set ${RUN_UPDATES}`.execute(
    transaction,
  );
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

/** What was rolled up of a repository elsewhere. */
export async function writeOlder(
  transaction: Transaction,
  id: number,
  older: Pick<KeptRepository, 'olderRuns' | 'olderEvents' | 'olderAudit'>,
): Promise<void> {
  await sql`update offbeat.repositories set older_events = ${older.olderEvents}, older_audit = ${older.olderAudit}
    where id = ${id}`.execute(transaction);
  await writeOlderRuns(transaction, id, older.olderRuns);
}

/** Everything of one repository; the audit keeps that it was there. */
async function deleteRepository(transaction: Transaction, id: number): Promise<void> {
  await sql`select set_config('offbeat.deleting', ${String(id)}, true)`.execute(transaction);
  const { rows } = await sql`delete from offbeat.repositories where id = ${id} returning id`.execute(
    transaction,
  );
  const runs = await sql`delete from offbeat.runs where repository_id = ${id}`.execute(transaction);
  if (rows.length === 0) return;
  await sql`insert into offbeat.operator_audit (action, repository_id, details) values
    ('repository-deleted', ${id}, jsonb_build_object('runs', ${Number(runs.numAffectedRows ?? 0)}::integer))`.execute(
    transaction,
  );
  await sql`select set_config('offbeat.deleting', '', true)`.execute(transaction);
}
