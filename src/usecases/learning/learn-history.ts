import { emptyLatenessPool } from '../../forecast/lateness-pool.ts';
import { type Learning, learnNext } from '../../forecast/learn.ts';
import { emptyLearned } from '../../forecast/learned.ts';
import { inOrderOfEnd, type Run } from '../../history/run.ts';
import type { ScheduleVersion, SourceFile } from '../ports.ts';
import { timeoutSecondsOf, withoutImplausibleDuration } from './plausible-duration.ts';

/**
 * Learns a list of ended runs from nothing, in the order in which they ended, as if each had been seen live. Crons and
 * widths are taken to have been in force all the time, and so are the timeouts of the files.
 */
export function learnHistory(
  runs: readonly Run[],
  { entries, widths = {} }: Pick<ScheduleVersion, 'entries' | 'widths'>,
  files: readonly SourceFile[] = [],
): Learning {
  const ended = inOrderOfEnd(runs);
  const limits = new Map(
    [...new Set(ended.map(({ path }) => path))].map((path) => [path, timeoutSecondsOf(files, path)]),
  );
  let learning: Learning = { learned: emptyLearned(), pool: emptyLatenessPool() };
  for (const listed of ended) {
    const run = withoutImplausibleDuration(learning.learned, listed, limits.get(listed.path) ?? 0);
    const own = entries.filter((entry) => entry.path === run.path);
    const { learned, pool } = learnNext(learning, run, own, { width: widths[run.path] ?? 1 });
    learning = { learned, pool };
  }
  return learning;
}
