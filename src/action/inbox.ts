import { OffbeatError } from '../errors.ts';
import { findAttempt } from '../history/run-history.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import { RunReport, recordRun } from '../usecases/learning/record-run.ts';
import type { Session } from './session.ts';

/**
 * Learns the runs that `record` has put into the inbox. While GitHub does not yet list a run as ended, its report stays
 * there: else the run would be learned twice, from the report and from GitHub's list. A report that cannot be used is
 * warned of and removed.
 */
export async function learnInbox(session: Session): Promise<void> {
  const { inbox, taken, context, seen, io } = session;
  for (const [path, text] of [...inbox].sort(([one], [other]) => (one < other ? -1 : 1))) {
    try {
      const report = RunReport.parse(JSON.parse(text));
      if (await isAwaited(session, report)) continue;
      await recordRun(context, seen.id, report);
    } catch (error) {
      const why = error instanceof OffbeatError ? error.sentence : 'It is not what was written.';
      io.warning(`The report ${path.split('/').at(-1)} was left out. ${why}`);
    }
    taken.add(path);
  }
}

/** True where the run of a report is not known yet, and GitHub's lists may still hold it. */
async function isAwaited(
  { context, seen, readFrom }: Session,
  { runId, startTime }: RunReport,
): Promise<boolean> {
  if (runId === undefined || readFrom === null || Date.parse(startTime) < readFrom) return false;
  const { runs } = await knownRepository(context, seen.id);
  return findAttempt(runs, runId) === undefined;
}
