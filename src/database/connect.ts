import { type Dialect, Kysely, type Transaction as KyselyTransaction, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { MINUTE_MS } from '../time.ts';
import { preparingWrites } from './prepared-writes.ts';

/** What SQL is sent to; the tables are in `migrations/`. */
export type Database = Kysely<unknown>;
export type Transaction = KyselyTransaction<unknown>;

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

/**
 * Opens a pool of connections; the first one is made when it is needed. Failures of the server are `store-unreachable`
 * or `store-full`.
 */
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
  return new Kysely({ dialect });
}

/** False for a standby, and for a database that was made read-only. Throws `store-unreachable` where none answers. */
export async function takesWrites(database: Database): Promise<boolean> {
  const { rows } = await sql<{ readOnly: string }>`
    select current_setting('transaction_read_only') as "readOnly"`.execute(database);
  return rows[0]?.readOnly === 'off';
}

/** True where there is a table of that name in the schema `offbeat`. */
export async function hasTable(database: Database | Transaction, name: string): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select to_regclass(${`offbeat.${name}`}) is not null as found`.execute(database);
  return rows[0]?.found === true;
}

/** Reads `bigint` as a number: ids of GitHub are far below 2^53. The driver would return text. */
function typeParser(...[oid, format]: Parameters<typeof pg.types.getTypeParser>): (value: string) => unknown {
  if (oid === pg.types.builtins.INT8) return Number;
  return pg.types.getTypeParser(oid, format);
}
