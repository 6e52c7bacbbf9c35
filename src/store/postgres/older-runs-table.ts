import { sql } from 'kysely';
import { z } from 'zod';
import type { Transaction } from '../../database/connect.ts';
import { jsonText } from '../../database/json-text.ts';
import { OlderRuns, olderRunsKey, rollUp } from '../../history/older-runs.ts';
import { Run } from '../../history/run.ts';
import { RUN_AS_JSON } from './rows.ts';

/** SQL that makes an `OlderRuns` of a row of `older_runs`. */
export const OLDER_RUNS_AS_JSON = `json_build_object('path', path, 'month', month, 'kind', kind, 'runs', runs,
  'successes', successes, 'failures', failures, 'timedRuns', timed_runs, 'totalSeconds', total_seconds,
  'durationSeconds', duration_seconds, 'latenessMinutes', lateness_minutes, 'newestAt', newest_at)`;

/** Which runs of a repository are to go. */
type Gone = { readonly runs: readonly Pick<Run, 'id' | 'attempt'>[] } | { readonly before: Date };

/**
 * Takes runs out of `runs` and adds them to their months; those that are there no more have been added already. The
 * repository's row must be held, so that nobody else does the same. Returns how many there were.
 */
export async function rollUpRuns(transaction: Transaction, id: number, gone: Gone): Promise<number> {
  const chosen =
    'before' in gone
      ? sql`run.created_at < ${gone.before}`
      : // The ids by themselves, so that the index is used and not the repository's whole history read.
        sql`run.run_id = any(${gone.runs.map((run) => run.id)}::bigint[])
          and (run.run_id, run.attempt) in (select * from unnest(
            ${gone.runs.map((run) => run.id)}::bigint[], ${gone.runs.map(({ attempt }) => attempt)}::integer[]))`;
  const { rows } = await sql<{ run: unknown }>`delete from offbeat.runs run
    where run.repository_id = ${id} and ${chosen} returning ${sql.raw(RUN_AS_JSON)} as run`.execute(
    transaction,
  );
  if (rows.length > 0) await addRuns(transaction, id, z.array(Run).parse(rows.map(({ run }) => run)));
  return rows.length;
}

async function addRuns(transaction: Transaction, id: number, runs: readonly Run[]): Promise<void> {
  const added = rollUp([], runs);
  const { rows } = await sql<{ months: unknown }>`
    select ${sql.raw(OLDER_RUNS_AS_JSON)} as months from offbeat.older_runs
    where repository_id = ${id} and path = any(${[...new Set(added.map(({ path }) => path))]}::text[])
      and month = any(${[...new Set(added.map(({ month }) => month))]}::text[])`.execute(transaction);
  const known = z.array(OlderRuns).parse(rows.map(({ months }) => months));
  const touched = new Set(added.map(olderRunsKey));
  await writeOlderRuns(
    transaction,
    id,
    rollUp(known, runs).filter((month) => touched.has(olderRunsKey(month))),
  );
}

/** Writes whole months, in place of what was said of them. */
export async function writeOlderRuns(
  transaction: Transaction,
  id: number,
  months: readonly OlderRuns[],
): Promise<void> {
  if (months.length === 0) return;
  await sql`
    insert into offbeat.older_runs (repository_id, path, month, kind, runs, successes, failures, timed_runs,
      total_seconds, duration_seconds, lateness_minutes, newest_at)
    select ${id}::bigint, path, month, kind, runs, successes, failures, "timedRuns",
      "totalSeconds", "durationSeconds", "latenessMinutes", "newestAt"
    from jsonb_to_recordset(${jsonText(months)}::jsonb) as months(path text, month text, kind text, runs integer,
      successes integer, failures integer, "timedRuns" integer, "totalSeconds" double precision,
      "durationSeconds" jsonb, "latenessMinutes" jsonb, "newestAt" double precision)
    on conflict (repository_id, path, month, kind) do update set runs = excluded.runs,
      successes = excluded.successes, failures = excluded.failures, timed_runs = excluded.timed_runs,
      total_seconds = excluded.total_seconds, duration_seconds = excluded.duration_seconds,
      lateness_minutes = excluded.lateness_minutes, newest_at = excluded.newest_at`.execute(transaction);
}
