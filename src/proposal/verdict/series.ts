/** One run as far as a verdict needs it; `null` where a value is unknown. */
export interface SeriesRun {
  /** Epoch ms. */
  readonly at: number;
  readonly failed: boolean | null;
  readonly seconds: number | null;
  readonly minutesLate: number | null;
  /** Minutes shared with other runs of the repository, summed over them. */
  readonly minutesShared: number | null;
}

/** The runs of one schedule, oldest first. */
export interface Series {
  readonly key: string;
  readonly runs: readonly SeriesRun[];
}

/** Most runs before the merge in a baseline: older ones say little about the present. */
const BASELINE_RUNS = 60;

/** The values of one measure before and after an instant, oldest first. */
export interface Split<T> {
  readonly before: readonly { readonly at: number; readonly value: T }[];
  readonly after: readonly { readonly at: number; readonly value: T }[];
}

/** Values of the runs before and since an instant; unknown ones are left out. */
export function split<T>({ runs }: Series, since: number, read: (run: SeriesRun) => T | null): Split<T> {
  const before: { at: number; value: T }[] = [];
  const after: { at: number; value: T }[] = [];
  for (const run of runs) {
    const value = read(run);
    if (value === null) continue;
    (run.at < since ? before : after).push({ at: run.at, value });
  }
  return { before: before.slice(-BASELINE_RUNS), after };
}
