import { hash } from 'node:crypto';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type pg from 'pg';
import { withDatabaseErrors } from './failure.ts';

const READS = /^\s*select\b/i;
/** Longer statements write many rows, and each number of rows is another text: prepared, they would fill the memory. */
const LONGEST_TEXT = 6_000;

/**
 * Returns the pool with prepared writes and named failures. A connection parses and plans each write once, which for
 * some costs more than the write itself. Reads are planned every time: their plans depend on the values and the sizes
 * of the tables, and a prepared read fails when its columns change, as a newer version may change them at any time.
 */
export function preparingWrites(pool: pg.Pool): PostgresPool {
  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    async connect() {
      const client = await withDatabaseErrors(() => pool.connect());
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

/** Names of prepared statements by text. There are few texts, since the longer ones, which vary, are not prepared. */
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
    withDatabaseErrors(() =>
      values.length === 0 || text.length > LONGEST_TEXT || READS.test(text)
        ? client.query(text, [...values])
        : client.query({ name: nameOf(text), text, values: [...values] }),
    );
  return {
    // Kysely calls it with a text and values, never with a cursor.
    query: query as PostgresPoolClient['query'],
    release: (destroy) => client.release(destroy),
  };
}
