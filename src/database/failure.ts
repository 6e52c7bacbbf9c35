import { OffbeatError } from '../errors.ts';

/** Codes of PostgreSQL: https://www.postgresql.org/docs/current/errcodes-appendix.html. */
const DISK_FULL = '53100';
/** Connections lost, ended or too many; a server that refuses the user, or has no such database. */
const GONE = /^(?:08...|57P0[1-5]|53300|28...|3D000)$/;
/** A standby, or a server that was set so. */
const READ_ONLY = '25006';
/** What the server refuses for now: what took too long, deadlocks, no memory, errors of its disk. */
const NOT_NOW = /^(?:57014|55P03|25P0[34]|40001|40P01|53...|58...)$/;
/** What the connection was at when it failed, whatever the code: a host without a route, a socket that is not there. */
const NETWORK_CALLS = new Set(['connect', 'read', 'write', 'shutdown', 'getaddrinfo']);
/** Tries at each address of a host, and what TLS reports, name no call. */
const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
]);
/** What the driver says when the server never answered, or closed the connection. */
const DRIVER_SENTENCES =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered/;

/** Turns an error of the connection or of a full disk into an `OffbeatError`; returns any other unchanged. */
export function asDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof OffbeatError) return error;
  const code = errorCode(error);
  if (code === DISK_FULL) {
    return new OffbeatError('store-full', 'The database took no more data: its disk is full.', {
      fix: 'Make room for PostgreSQL; nothing here needs to be restarted.',
      cause: error,
    });
  }
  if (code === READ_ONLY) {
    return new OffbeatError('store-unreachable', 'The database takes no writes.', {
      fix: 'DATABASE_URL has to name the primary, and not a standby.',
      cause: error,
    });
  }
  if (NOT_NOW.test(code)) {
    return new OffbeatError('store-unreachable', 'The database could not do this at the moment.', {
      fix: 'Try again. If it stays, see its log, statement_timeout and lock_timeout.',
      cause: error,
    });
  }
  if (isConnectionLoss(error)) {
    return new OffbeatError('store-unreachable', 'The database does not answer.', {
      fix: 'Check that PostgreSQL runs, and that DATABASE_URL names it, a database of it and who may use that.',
      cause: error,
    });
  }
  return error;
}

/** Runs `work`; throws failures of the database itself as `store-unreachable` or `store-full`. */
export async function withDatabaseErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asDatabaseError(error);
  }
}

function isConnectionLoss(error: Error): boolean {
  const code = errorCode(error);
  const call = 'syscall' in error ? String(error.syscall) : '';
  return (
    GONE.test(code) ||
    NETWORK_CALLS.has(call) ||
    NETWORK_CODES.has(code) ||
    DRIVER_SENTENCES.test(error.message)
  );
}

function errorCode(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}
