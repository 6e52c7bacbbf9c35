import { sql } from 'kysely';
import type { Transaction } from '../../database/connect.ts';
import type { OlderRuns } from '../../history/older-runs.ts';
import { OLDER_RUNS } from './rows.ts';

/** Writes the months of a repository in place of those that are there. */
export async function replaceOlderRuns(
  transaction: Transaction,
  id: number,
  months: readonly OlderRuns[],
): Promise<void> {
  await sql`delete from offbeat.older_runs where repository_id = ${id}`.execute(transaction);
  if (months.length === 0) return;
  await sql`insert into offbeat.older_runs (repository_id, ${OLDER_RUNS.names})
    select ${id}::bigint, ${OLDER_RUNS.names} from ${OLDER_RUNS.given(months)}`.execute(transaction);
}
