import { emptyLatenessPool } from '../../forecast/lateness-pool.ts';
import { type Learning, learnNext } from '../../forecast/learn.ts';
import { emptyLearned } from '../../forecast/learned.ts';
import type { Run } from '../../history/run.ts';
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
  const ended = runs.filter((run) => run.endedAt !== null);
  const limits = new Map(
    [...new Set(ended.map(({ path }) => path))].map((path) => [path, timeoutSecondsOf(files, path)]),
  );
  return ended
    .toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0) || a.id - b.id)
    .reduce<Learning>(
      (before, listed) => {
        const run = withoutImplausibleDuration(before.learned, listed, limits.get(listed.path) ?? 0);
        const own = entries.filter((entry) => entry.path === run.path);
        const { learned, pool } = learnNext(before, run, own, { width: widths[run.path] ?? 1 });
        return { learned, pool };
      },
      { learned: emptyLearned(), pool: emptyLatenessPool() },
    );
}
