import { sql } from 'kysely';
import type { Database } from '../../database/connect.ts';
import { RETENTION } from '../retention.ts';
import { monthOf, rollUpMonthsBefore } from './months.ts';

/** GitHub can be asked to deliver again for three days; a day beyond that for clocks and for sweeps that came late. */
const SEEN_KEYS_KEPT_DAYS = 4;

export interface Swept {
  /** Months of runs that were summed up and dropped. */
  readonly months: readonly string[];
}

/** Takes away what is too old: months of runs (their sums stay), learning events beyond the bound, seen keys. */
export async function sweepDatabase(database: Database, now: number, runMonths: number): Promise<Swept> {
  const months = await rollUpMonthsBefore(database, monthOf(now, runMonths));
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
  await sql`delete from offbeat.seen_keys
    where seen_at < now() - make_interval(days => ${SEEN_KEYS_KEPT_DAYS}::integer)`.execute(database);
  return { months };
}
