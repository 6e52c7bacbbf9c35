import { sql } from 'kysely';
import type { Transaction } from '../../database/connect.ts';

/** Remembers keys as seen; returns those that were new. Inserts in one order, so that two batches never deadlock. */
export async function rememberKeys(transaction: Transaction, keys: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ key: string }>`
    insert into offbeat.seen_keys (key) select distinct key from unnest(${[...keys]}::text[]) as given(key) order by key
    on conflict do nothing returning key`.execute(transaction);
  return new Set(rows.map(({ key }) => key));
}

/** Lets the same event be accepted again, because it could not be processed. */
export async function forgetKeys(transaction: Transaction, keys: readonly string[]): Promise<void> {
  await sql`delete from offbeat.seen_keys where key = any(${[...keys]}::text[])`.execute(transaction);
}
