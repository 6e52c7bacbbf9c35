import { hash } from 'node:crypto';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type pg from 'pg';

const READS = /^\s*select\b/i;
/**
 * Longer texts write many rows at once and come in as many lengths as there are numbers of rows. A connection keeps what it
 * prepared until it ends: these would fill it, and planning is little beside writing so much.
 */
const LONGEST_TEXT = 6_000;

/**
 * The pool, with writes prepared: a connection parses and plans each of them once, which for some costs more than doing
 * it. Reads are planned every time, with the values and sizes of the moment: their plans turn on them, and what a prepared
 * one answers may not change its columns, as it would under a process that runs on while a newer version migrates.
 */
export function preparingWrites(pool: pg.Pool): PostgresPool {
  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    async connect() {
      const client = await pool.connect();
      const known = clients.get(client);
      if (known !== undefined) return known;
      const made = preparing(client);
      clients.set(client, made);
      return made;
    },
    end: () => pool.end(),
    options: pool.options,
  };
}

/** By text; bounded by the texts that the house writes, as longer ones, which vary, are not prepared. */
const names = new Map<string, string>();

function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = hash('sha1', text);
  names.set(text, name);
  return name;
}

function preparing(client: pg.PoolClient): PostgresPoolClient {
  const query = (text: string, values: readonly unknown[]): Promise<unknown> =>
    values.length === 0 || text.length > LONGEST_TEXT || READS.test(text)
      ? client.query(text, [...values])
      : client.query({ name: nameOf(text), text, values: [...values] });
  return {
    // Typed for what Kysely calls: never a cursor.
    query: query as PostgresPoolClient['query'],
    release: (destroy) => client.release(destroy),
  };
}
