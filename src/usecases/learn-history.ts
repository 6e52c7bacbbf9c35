import { emptyLatenessPool, type LatenessPool } from '../forecast/lateness-pool.ts';
import { learnRun } from '../forecast/learn.ts';
import { emptyLearned, type LearnedRepository } from '../forecast/learned.ts';
import type { Run } from '../history/run.ts';
import type { ScheduleVersion } from './ports.ts';

export interface LearnedHistory {
  readonly learned: LearnedRepository;
  readonly pool: LatenessPool;
}

/**
 * Learns a list of ended runs from nothing, in the order in which they ended, as if each had been seen live. Crons and widths
 * are taken to have been in force all the time.
 */
export function learnHistory(
  runs: readonly Run[],
  { entries, widths = {} }: Pick<ScheduleVersion, 'entries' | 'widths'>,
): LearnedHistory {
  const learned = emptyLearned();
  const pool = emptyLatenessPool();
  const ended = runs.filter((run) => run.endedAt !== null);
  for (const run of ended.toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0) || a.id - b.id)) {
    learnRun(
      learned,
      pool,
      run,
      entries.filter((entry) => entry.path === run.path),
      { width: widths[run.path] ?? 1 },
    );
  }
  return { learned, pool };
}
