import { type RawBuilder, sql } from 'kysely';
import type { Transaction } from '../../database/connect.ts';
import { jsonText, storableText } from '../../database/json-text.ts';
import { OffbeatError } from '../../errors.ts';
import type { LearnedRepository } from '../../forecast/learned.ts';
import type { Run } from '../../history/run.ts';
import { findRun, type RunHistory } from '../../history/run-history.ts';
import type { RepositoryProfile } from '../../usecases/ports.ts';
import type { KeptRepository } from '../kept-repository.ts';
import { type PartPrints, partsToWrite } from './learned-parts.ts';
import { writeOlderRuns } from './older-runs-table.ts';
import type { PendingChange } from './pending-change.ts';
import { profileColumns, RUN_COLUMNS, runRow } from './rows.ts';

const FOREIGN_KEY_VIOLATION = '23503';

/** What the changes were made from: `null` where the repository was not there, absent where nobody looked. */
export interface Base {
  readonly version: number;
  readonly profile: RepositoryProfile;
  readonly prints: PartPrints;
  /** All runs that the table holds. */
  readonly runs: RunHistory;
  readonly rolledUp: readonly Run[];
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
 * Writes one repository's changes, and `beside` them what else there is. Fields of the profile, runs, decisions and so on go
 * beside what others have written; what is replaced whole must not have been changed by anybody: then it throws
 * `ChangedMeanwhile`. Throws `not-found` for a repository that is not there and begins without a profile.
 */
export async function writeChange(
  transaction: Transaction,
  id: number,
  change: PendingChange,
  learned: LearnedRepository | undefined,
  base: Base | null | undefined,
  beside: readonly Write[] = [],
): Promise<Written> {
  if (change.deleted) {
    await deleteRepository(transaction, id);
    if (change.profile === undefined) {
      for (const write of beside) await write.execute(transaction);
      return { version: null, wasAtBase: true, prints: new Map() };
    }
  }
  if (base !== undefined && base !== null && change.replacesWhole && !change.deleted)
    return writeOnBase(transaction, id, change, learned, base, beside);
  const { before, after } = await claim(transaction, id, change, change.deleted ? undefined : base);
  const wasAtBase = change.deleted || (base === null ? before === null : before === base?.version);
  if (change.replacesWhole && base !== undefined && !wasAtBase) throw new ChangedMeanwhile();
  const known = wasAtBase && !change.deleted ? (base?.prints ?? new Map()) : undefined;
  const runs = runWrites(id, [...change.runs.values()]);
  const { writes, prints } = writesOf(id, change, learned, known);
  for (const write of [...runs, ...writes, ...beside]) await write.execute(transaction);
  return { version: after, wasAtBase, prints };
}

/** All in one statement. What it writes on a version that is no more goes with the transaction. */
async function writeOnBase(
  transaction: Transaction,
  id: number,
  change: PendingChange,
  learned: LearnedRepository | undefined,
  base: Base,
  beside: readonly Write[],
): Promise<Written> {
  const { parts, prints } = onBase(id, change, learned, base, beside);
  const statement = sql<Claimed>`with ${parts} select before, after from claimed`;
  const { rows } = await statement.execute(transaction).catch((error: unknown) => {
    throw isOrphan(error) ? new ChangedMeanwhile() : error;
  });
  if (rows[0]?.before !== base.version) throw new ChangedMeanwhile();
  return { version: rows[0].after, wasAtBase: true, prints };
}

/** The parts of a statement that writes all of a change; `claimed` among them. */
function onBase(
  id: number,
  change: PendingChange,
  learned: LearnedRepository | undefined,
  base: Base,
  beside: readonly Write[],
): { readonly parts: RawBuilder<unknown>; readonly prints: PartPrints } {
  const runs = runWrites(id, [...change.runs.values()], base);
  const { writes, prints } = writesOf(id, change, learned, base.prints);
  const all = [...runs, ...writes, ...beside];
  const named = all.map((write, place) => sql`, ${sql.raw(`write_${place}`)} as (${write})`);
  return { parts: sql`${claiming(id, profileSets(change, base))} ${sql.join(named, sql``)}`, prints };
}

/** The repository was deleted meanwhile. */
function isOrphan(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === FOREIGN_KEY_VIOLATION;
}

/** Versions of a repository before and after the change. */
interface Claimed {
  readonly before: number;
  readonly after: number;
}

/** The first parts of a statement: locks the repository's row, moves its version on and sets columns; `claimed` has the versions. */
function claiming(id: number, sets: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`held as (select id, version from offbeat.repositories where id = ${id} for update),
    claimed as (
      update offbeat.repositories set version = nextval('offbeat.versions') ${sets} from held where repositories.id = held.id
      returning held.version as before, repositories.version as after
    )`;
}

function profileSets({ profile }: PendingChange, base?: Base | null): RawBuilder<unknown> {
  const columns = profile === undefined ? {} : profileColumns(profile, base?.profile);
  return sql.join(
    Object.entries(columns).map(([name, value]) => sql`, ${sql.ref(name)} = ${value}`),
    sql``,
  );
}

/** Locks the repository's row, or makes it where it is new, moves its version on and writes its profile. */
async function claim(
  transaction: Transaction,
  id: number,
  change: PendingChange,
  base: Base | null | undefined,
): Promise<{ before: number | null; after: number }> {
  const { profile } = change;
  const update = () =>
    sql<Claimed>`with ${claiming(id, profileSets(change, base))} select before, after from claimed`.execute(
      transaction,
    );
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

/** A statement that writes one kind of thing; none of them touches what another does. */
export type Write = RawBuilder<unknown>;

/**
 * Everything of a change but its profile and runs. `learned` is the whole state after the change; `known` are the prints of
 * what is stored, absent where nobody knows.
 */
function writesOf(
  id: number,
  change: PendingChange,
  learned: LearnedRepository | undefined,
  known: PartPrints | undefined,
): { readonly writes: readonly Write[]; readonly prints: PartPrints } {
  const rest = otherWrites(id, change);
  if (learned === undefined || !change.changesLearned) return { writes: rest, prints: known ?? new Map() };
  const { changed, removed, prints } = partsToWrite(learned, known ?? new Map(), change.learnedParts);
  const writes: Write[] = [];
  if (known === undefined) {
    writes.push(sql`delete from offbeat.learned_parts where repository_id = ${id}`);
  } else if (removed.length > 0) {
    writes.push(
      sql`delete from offbeat.learned_parts where repository_id = ${id} and part = any(${[...removed]}::text[])`,
    );
  }
  writes.push(...partWrites(id, Object.entries(changed)));
  return { writes: [...writes, ...rest], prints };
}

/**
 * A run changes three to five parts. Numbers of parts are rounded up to one of these, so that few statements are prepared, each
 * with its texts as they are: in one JSON text they would have to be escaped here and read there.
 */
const PART_PLACES = [4, 8] as const;

function partWrites(
  id: number,
  parts: readonly (readonly [part: string, state: string])[],
): readonly Write[] {
  if (parts.length === 0) return [];
  const isPlain = parts.every(([part]) => storableText(part) === part);
  const places = isPlain ? PART_PLACES.find((count) => count >= parts.length) : undefined;
  const given =
    places === undefined
      ? sql`json_each_text(${jsonText(Object.fromEntries(parts))}::json) as given(part, state)`
      : sql`(values ${sql.join(
          Array.from({ length: places }, (_, place) => {
            const [part, state] = parts[place] ?? [null, null];
            return sql`(${part}::text, ${state}::text)`;
          }),
        )}) as given(part, state) where part is not null`;
  return [
    sql`insert into offbeat.learned_parts (repository_id, part, state) select ${id}::bigint, part, state from ${given}
      on conflict (repository_id, part) do update set state = excluded.state`,
  ];
}

function otherWrites(id: number, change: PendingChange): readonly Write[] {
  const { population, care, sharedLoad, learningEvents, auditEvents } = change;
  const writes: Write[] = [];
  if (population !== undefined) {
    writes.push(sql`insert into offbeat.populations (repository_id, population)
      values (${id}, ${jsonText(population)}::jsonb)
      on conflict (repository_id) do update set population = excluded.population`);
  }
  if (care !== undefined) {
    writes.push(sql`insert into offbeat.care (repository_id, care) values (${id}, ${jsonText(care)}::jsonb)
      on conflict (repository_id) do update set care = excluded.care`);
  }
  if (sharedLoad === null) {
    writes.push(sql`delete from offbeat.shared_loads where repository_id = ${id}`);
  } else if (sharedLoad !== undefined) {
    writes.push(sql`insert into offbeat.shared_loads (repository_id, load) values (${id}, ${jsonText(sharedLoad)}::jsonb)
      on conflict (repository_id) do update set load = excluded.load`);
  }
  if (learningEvents.length > 0) {
    writes.push(sql`insert into offbeat.learning_events (repository_id, event)
      select ${id}::bigint, value from ${items(learningEvents)} order by ordinality`);
  }
  if (auditEvents.length > 0) {
    writes.push(sql`insert into offbeat.audit (repository_id, event)
      select ${id}::bigint, value from ${items(auditEvents)} order by ordinality`);
  }
  if (change.scheduleVersions.size > 0) {
    writes.push(sql`insert into offbeat.schedule_versions (repository_id, sha, seen_at, entries, widths)
      select ${id}::bigint, value ->> 'sha', (value ->> 'seenAt')::double precision, value -> 'entries', value -> 'widths'
      from ${items([...change.scheduleVersions.values()])} order by ordinality
      on conflict (repository_id, sha) do update set
        seen_at = excluded.seen_at, entries = excluded.entries, widths = excluded.widths`);
  }
  if (change.decisions.size > 0) {
    writes.push(sql`insert into offbeat.decisions (repository_id, id, at, decision)
      select ${id}::bigint, value ->> 'id', to_timestamp((value ->> 'at')::double precision / 1000), value
      from ${items([...change.decisions.values()])}
      where value is distinct from (select decision from offbeat.decisions said
        where said.repository_id = ${id} and said.id = value ->> 'id' order by sequence desc limit 1)
      order by ordinality`);
  }
  if (change.proposals.size > 0) {
    writes.push(sql`insert into offbeat.proposals (repository_id, pull_number, state, proposal)
      select ${id}::bigint, (value ->> 'pullNumber')::integer, value ->> 'state', value
      from ${items([...change.proposals.values()])} order by ordinality
      on conflict (repository_id, pull_number) do update set
        state = excluded.state, proposal = excluded.proposal`);
  }
  return writes;
}

/**
 * A run whose creation was told otherwise before may lie in another month's partition: that row goes. Where `base` says what the
 * table holds, it is not looked for there.
 */
function runWrites(
  id: number,
  runs: readonly Run[],
  base?: Pick<Base, 'runs' | 'rolledUp'>,
): readonly Write[] {
  if (runs.length === 0) return [];
  const moved = base === undefined ? runs : runs.filter((run) => isElsewhere(base, run));
  const rows = jsonText(runs.map(runRow));
  return [
    ...(moved.length === 0 ? [] : [removal(id, moved)]),
    sql`insert into offbeat.runs (repository_id, ${RUN_NAMES})
      select ${id}::bigint, ${RUN_NAMES} from jsonb_to_recordset(${rows}::jsonb) as given(${RUN_FIELDS})
      on conflict (repository_id, run_id, attempt, created_at) do update set ${RUN_UPDATES}`,
  ];
}

function isElsewhere({ runs, rolledUp }: Pick<Base, 'runs' | 'rolledUp'>, run: Run): boolean {
  const known =
    findRun(runs, run) ?? rolledUp.find(({ id, attempt }) => id === run.id && attempt === run.attempt);
  return known !== undefined && known.createdAt !== run.createdAt;
}

/** Takes out what is said of these runs under other instants of creation. */
function removal(id: number, runs: readonly Run[]): Write {
  // Named apart from the rows, so that the index is used and not the repository's whole history read.
  const ids = runs.map((run) => run.id);
  return sql`delete from offbeat.runs run
    using jsonb_to_recordset(${jsonText(runs.map(runRow))}::jsonb)
      as given(run_id bigint, attempt integer, created_at timestamptz)
    where run.repository_id = ${id} and run.run_id = any(${ids}::bigint[]) and run.run_id = given.run_id
      and run.attempt = given.attempt and run.created_at <> given.created_at`;
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
