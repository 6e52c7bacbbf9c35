import { OffbeatError } from '../errors.ts';
import { RunReport, recordRun } from '../usecases/learning/record-run.ts';
import type { Session } from './session.ts';

/** Learns the runs that `record` has put into the inbox. A report that cannot be used is said, and goes. */
export async function learnInbox({ inbox, context, seen, io }: Session): Promise<void> {
  for (const [path, text] of [...inbox].sort(([one], [other]) => (one < other ? -1 : 1))) {
    try {
      await recordRun(context, seen.id, RunReport.parse(JSON.parse(text)));
    } catch (error) {
      const why = error instanceof OffbeatError ? error.sentence : 'It is not what was written.';
      io.warning(`The report ${path.split('/').at(-1)} was left out. ${why}`);
    }
  }
}
