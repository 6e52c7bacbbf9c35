import { emptyLatenessPool } from '../../forecast/lateness-pool.ts';
import { type Learning, learnNext } from '../../forecast/learn.ts';
import { emptyLearned } from '../../forecast/learned.ts';
import { inOrderOfEnd, type Run } from '../../history/run.ts';
import type { ScheduleVersion, SourceFile } from '../ports.ts';
import { timeoutSecondsOf, withoutImplausibleDuration } from './plausible-duration.ts';

/** Learns ended runs from nothing, as if each had been seen live; crons, widths and timeouts never changed. */
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
