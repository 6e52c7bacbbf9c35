import { sql } from 'kysely';
import type { Database } from '../../database/connect.ts';
import { DAY_MS } from '../../time.ts';
import { RETENTION } from '../retention.ts';

/** GitHub can redeliver for three days; a day more allows for clocks and for late sweeps. */
const SEEN_KEYS_KEPT_DAYS = 4;

/** The 30 days that are shown; a day more allows for clocks and for late sweeps. */
const TICKS_KEPT_DAYS = 31;

/** Deletes learning events and versions beyond their bounds, and old ticks and seen keys. `now`: epoch ms. */
export async function sweepTables(database: Database, now: number): Promise<void> {
  // Runs have no foreign key, as it would lock the repository for every run. So a row deleted by hand leaves its runs.
  await sql`delete from offbeat.runs where not exists (
    select from offbeat.repositories where id = repository_id)`.execute(database);
  await sql`
    with excess as (
      select repository_id, sequence from (
        select repository_id, sequence,
          row_number() over (partition by repository_id order by sequence desc) as place
        from offbeat.learning_events) as placed
      where place > ${RETENTION.learningEvents}::integer
    ), gone as (
      delete from offbeat.learning_events event using excess
      where event.repository_id = excess.repository_id and event.sequence = excess.sequence
      returning event.repository_id
    )
    update offbeat.repositories set older_events = older_events + counted.events
    from (select repository_id, count(*)::integer as events from gone group by 1) as counted
    where id = counted.repository_id`.execute(database);
  await sql`
    delete from offbeat.schedule_versions where (repository_id, sha) in (
      select repository_id, sha from (
        select repository_id, sha,
          row_number() over (partition by repository_id order by position desc) as place
        from offbeat.schedule_versions) as placed
      where place > ${RETENTION.scheduleVersions}::integer)`.execute(database);
  await sql`delete from offbeat.ticks where tick < ${now - TICKS_KEPT_DAYS * DAY_MS}`.execute(database);
  await sql`delete from offbeat.seen_keys
    where seen_at < now() - make_interval(days => ${SEEN_KEYS_KEPT_DAYS}::integer)`.execute(database);
}
