import { sql } from 'kysely';
import type { Transaction } from '../../database/connect.ts';
import { jsonText } from '../../database/json-text.ts';
import type { OlderRuns } from '../../history/older-runs.ts';

/** SQL that makes the JSON of an `OlderRuns` from a row of `older_runs`. */
export const OLDER_RUNS_AS_JSON = `json_build_object('path', path, 'month', month, 'kind', kind, 'runs', runs,
  'successes', successes, 'failures', failures, 'timedRuns', timed_runs, 'totalSeconds', total_seconds,
  'durationSeconds', duration_seconds, 'latenessMinutes', lateness_minutes, 'newestAt', newest_at)`;

/** Writes the months of a repository in place of those that are there. */
export async function replaceOlderRuns(
  transaction: Transaction,
  id: number,
  months: readonly OlderRuns[],
): Promise<void> {
  await sql`delete from offbeat.older_runs where repository_id = ${id}`.execute(transaction);
  if (months.length === 0) return;
  await sql`
    insert into offbeat.older_runs (repository_id, path, month, kind, runs, successes, failures, timed_runs,
      total_seconds, duration_seconds, lateness_minutes, newest_at)
    select ${id}::bigint, path, month, kind, runs, successes, failures, "timedRuns",
      "totalSeconds", "durationSeconds", "latenessMinutes", "newestAt"
    from jsonb_to_recordset(${jsonText(months)}::jsonb) as months(path text, month text, kind text, runs integer,
      successes integer, failures integer, "timedRuns" integer, "totalSeconds" double precision,
      "durationSeconds" jsonb, "latenessMinutes" jsonb, "newestAt" double precision)`.execute(transaction);
}
