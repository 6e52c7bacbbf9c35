import { sql } from 'kysely';
import type { Clock } from '../../clock.ts';
import type { Database } from '../../database/connect.ts';
import type { ExpiringKeys } from '../../usecases/ports.ts';

/** Keys shared by all processes. Keys that this process could not write are kept in its memory. */
export function openExpiringKeysTable(database: Database, clock: Clock): ExpiringKeys {
  const unwritten = new Map<string, number>();
  return {
    async add(key, expiresAt) {
      for (const [each, ends] of unwritten) if (ends <= clock.now()) unwritten.delete(each);
      unwritten.set(key, expiresAt);
      const now = new Date(clock.now());
      await sql`delete from offbeat.expiring_keys where expires_at <= ${now}`.execute(database);
      const { rows } = await sql`insert into offbeat.expiring_keys (key, expires_at)
        values (${key}, ${new Date(expiresAt)}) on conflict do nothing returning key`.execute(database);
      unwritten.delete(key);
      return rows.length > 0;
    },
    async has(key) {
      const now = clock.now();
      if ((unwritten.get(key) ?? 0) > now) return true;
      const { rows } = await sql`select 1 from offbeat.expiring_keys
        where key = ${key} and expires_at > ${new Date(now)}`.execute(database);
      return rows.length > 0;
    },
  };
}
