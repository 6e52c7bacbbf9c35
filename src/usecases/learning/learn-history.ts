import { emptyLatenessPool } from '../../forecast/lateness-pool.ts';
import { type Learning, learnNext } from '../../forecast/learn.ts';
import { emptyLearned } from '../../forecast/learned.ts';
import type { Run } from '../../history/run.ts';
import type { ScheduleVersion } from '../ports.ts';

/**
 * Learns a list of ended runs from nothing, in the order in which they ended, as if each had been seen live. Crons and widths
 * are taken to have been in force all the time.
 */
export function learnHistory(
  runs: readonly Run[],
  { entries, widths = {} }: Pick<ScheduleVersion, 'entries' | 'widths'>,
): Learning {
  const ended = runs.filter((run) => run.endedAt !== null);
  return ended
    .toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0) || a.id - b.id)
    .reduce<Learning>(
      (before, run) => {
        const own = entries.filter((entry) => entry.path === run.path);
        const { learned, pool } = learnNext(before, run, own, { width: widths[run.path] ?? 1 });
        return { learned, pool };
      },
      { learned: emptyLearned(), pool: emptyLatenessPool() },
    );
}
