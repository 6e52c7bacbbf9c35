import { type Dialect, Kysely, type Transaction as KyselyTransaction, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { MINUTE_MS } from '../time.ts';
import { asDatabaseError } from './failure.ts';
import { preparingWrites } from './prepared-writes.ts';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;
export type Transaction = KyselyTransaction<Tables>;

/** Callers give up by then, so a connection that is made later would serve nobody. */
const CONNECT_TIMEOUT_MS = 5_000;
/** A transaction that a hanging process left open holds locks and keeps vacuum from its work. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = MINUTE_MS;

export interface DatabaseOptions {
  readonly url: string;
  /** Most connections of this process for the store. */
  readonly poolSize: number;
  /** Called when a connection was lost. The pool replaces it; a statement that ran on it fails by itself. */
  readonly onError: (error: Error) => void;
}

/** Opens a pool of connections; the first connection is made when it is needed. */
export function openDatabase({ url, poolSize, onError }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    application_name: 'offbeat',
    types: { getTypeParser: typeParser },
  });
  pool.on('error', onError);
  // A connection between two statements of a transaction has no other listener; its error would end the process.
  pool.on('connect', (client) => void client.on('error', onError));
  return databaseOn(new PostgresDialect({ pool: preparingWrites(pool) }));
}

/** The same tables behind another driver. */
export function databaseOn(dialect: Dialect): Database {
  return new Kysely<Tables>({ dialect });
}

/** False for a standby, and for a database that was made read-only. Throws `store-unreachable` where none answers. */
export async function takesWrites(database: Database): Promise<boolean> {
  const { rows } = await withDatabaseErrors(() =>
    sql<{ readOnly: string }>`select current_setting('transaction_read_only') as "readOnly"`.execute(
      database,
    ),
  );
  return rows[0]?.readOnly === 'off';
}

/** Runs `work`, and throws failures of the database itself as `store-unreachable` or `store-full`. */
export async function withDatabaseErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asDatabaseError(error);
  }
}

/** Reads `bigint` as a number: ids of GitHub are far below 2^53. The driver would return text. */
function typeParser(...[oid, format]: Parameters<typeof pg.types.getTypeParser>): (value: string) => unknown {
  if (oid === pg.types.builtins.INT8) return Number;
  return pg.types.getTypeParser(oid, format);
}
