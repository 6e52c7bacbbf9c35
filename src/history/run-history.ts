import type { Run } from './run.ts';

/** Runs of a repository by (`id`, `attempt`), the order of creation; a list, or compressed: reading all costs time. */
export interface RunHistory extends Iterable<Run> {
  readonly length: number;
  /** The `index`-th oldest, or the newest ones by −1, −2, … */
  at(index: number): Run | undefined;
  /** As of an array: negative places count from the newest. */
  slice(from?: number, to?: number): Run[];
  filter(keep: (run: Run) => boolean): Run[];
  map<T>(change: (run: Run) => T): T[];
}

/** The attempt of that id, where it is in the history. */
export function findRun(runs: RunHistory, wanted: Pick<Run, 'id' | 'attempt'>): Run | undefined {
  const place = firstNotBefore(runs, wanted);
  const run = runs.at(place);
  return place < runs.length && run !== undefined && compareRuns(run, wanted) === 0 ? run : undefined;
}

/** The first attempt of a run that is in the history, whichever that is. GitHub lists the newest one alone. */
export function findAttempt(runs: RunHistory, id: number): Run | undefined {
  const run = runs.at(firstNotBefore(runs, { id, attempt: 0 }));
  return run?.id === id ? run : undefined;
}

/** Place of the first run that does not stand before `wanted`; `runs.length` where all do. */
export function firstNotBefore(runs: RunHistory, wanted: Pick<Run, 'id' | 'attempt'>): number {
  const newest = runs.at(-1);
  if (newest === undefined || compareRuns(newest, wanted) < 0) return runs.length;
  let low = 0;
  let high = runs.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const run = runs.at(middle);
    if (run !== undefined && compareRuns(run, wanted) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Negative where `a` stands before `b`. */
export function compareRuns(a: Pick<Run, 'id' | 'attempt'>, b: Pick<Run, 'id' | 'attempt'>): number {
  return a.id - b.id || a.attempt - b.attempt;
}
