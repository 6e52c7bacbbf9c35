import { OffbeatError } from '../errors.ts';
import { findAttempt } from '../history/run-history.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import { RunReport, recordRun } from '../usecases/learning/record-run.ts';
import type { Session } from './session.ts';

/**
 * Learns the runs that `record` has put into the inbox. The report of a run that GitHub has still to list as ended stays
 * there until it is: its figures belong to that run, which would else be learned a second time. A report that cannot be
 * used is said, and goes.
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

/** True for the report of a run that is not known yet, and that the lists may still tell of. */
async function isAwaited(
  { context, seen, readFrom }: Session,
  { runId, startTime }: RunReport,
): Promise<boolean> {
  if (runId === undefined || readFrom === null || Date.parse(startTime) < readFrom) return false;
  const { runs } = await knownRepository(context, seen.id);
  return findAttempt(runs, runId) === undefined;
}
