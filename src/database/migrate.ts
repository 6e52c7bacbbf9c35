import { sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { OffbeatError } from '../errors.ts';
import { type Database, hasTable } from './connect.ts';
import { MIGRATIONS } from './migrations/all.ts';

const MIGRATION_TABLE = 'migrations';

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
  const applied = (await hasTable(database, MIGRATION_TABLE)) ? await appliedTo(database) : [];
  const known = Object.keys(MIGRATIONS);
  return {
    applied,
    missing: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  };
}

async function appliedTo(database: Database): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`select name from offbeat.migrations order by name`.execute(
    database,
  );
  return rows.map(({ name }) => name);
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
    migrationTableSchema: 'offbeat',
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: 'migrations_lock',
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) {
    // A newer process may have migrated between the look and the lock.
    const { unknown: appeared } = await schemaState(database);
    throw appeared.length > 0 ? newer(appeared) : error;
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
