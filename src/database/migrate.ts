import { sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { OffbeatError } from '../errors.ts';
import { type Database, withDatabaseErrors } from './connect.ts';
import { asDatabaseError } from './failure.ts';
import { MIGRATIONS } from './migrations/all.ts';

const MIGRATION_TABLE = 'migrations';
const SCHEMA = 'offbeat';

/** Which migrations the database has, compared with those of this version of Offbeat. */
export interface SchemaState {
  /** Names of the migrations that were applied, in order. */
  readonly applied: readonly string[];
  /** Those that this version would apply. */
  readonly missing: readonly string[];
  /** Those that a newer version has applied. */
  readonly unknown: readonly string[];
}

/** Reads the state and changes nothing. Throws `store-unreachable`. */
export async function schemaState(database: Database): Promise<SchemaState> {
  const applied = await withDatabaseErrors(async () => {
    const there = await sql<{
      found: string | null;
    }>`select to_regclass(${`${SCHEMA}.${MIGRATION_TABLE}`})::text as found`.execute(database);
    if ((there.rows[0]?.found ?? null) === null) return [];
    const { rows } = await sql<{
      name: string;
    }>`select name from ${sql.table(`${SCHEMA}.${MIGRATION_TABLE}`)} order by name`.execute(database);
    return rows.map(({ name }) => name);
  });
  const known = Object.keys(MIGRATIONS);
  return {
    applied,
    missing: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  };
}

/**
 * Brings the tables up to this version, in one transaction under an advisory lock: of several processes that start
 * together one migrates and the others wait. Returns the names applied. Throws `store-newer` where a newer version
 * has migrated it, and `store-unreachable`.
 */
export async function migrate(
  database: Database,
  migrations: Readonly<Record<string, Migration>> = MIGRATIONS,
): Promise<readonly string[]> {
  const { unknown } = await schemaState(database);
  if (unknown.length > 0) throw newer(unknown);
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableSchema: SCHEMA,
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: 'migrations_lock',
  });
  const { error, results } = await withDatabaseErrors(() => migrator.migrateToLatest());
  if (error !== undefined) {
    // A newer process may have migrated between the look and the lock.
    const { unknown: appeared } = await schemaState(database);
    throw appeared.length > 0 ? newer(appeared) : asDatabaseError(error);
  }
  return (results ?? []).map(({ migrationName }) => migrationName);
}

function newer(names: readonly string[]): OffbeatError {
  return new OffbeatError(
    'store-newer',
    `The database was migrated by a newer version of Offbeat (${names.join(', ')}).`,
    { fix: 'Run that version, or a newer one; going back needs a backup from before.' },
  );
}
