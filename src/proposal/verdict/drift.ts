import { median } from '../../statistics.ts';
import { DAY_MS } from '../../time.ts';
import type { Split } from './series.ts';

/** Runs before the merge whose median is the level of an unmoved schedule. */
const LEVEL_RUNS = 15;
/** An unmoved schedule with fewer runs on either side says nothing of drift. */
const LEAST_RUNS = 5;
/** Runs of the unmoved schedules so near an instant say what the drift is then. */
const NEAR_MS = 3.5 * DAY_MS;

/** How a measure has changed since the merge on the schedules that were not moved. */
export interface Drift {
  /** By how much (in the values' units) it has changed by an instant; shrunk towards 0 if few schedules say so. */
  at(instant: number): number;
  /** Runs since the merge behind it. */
  readonly runs: number;
}

/** The drift of unmoved schedules since the merge, a median, which counts half with `halfWeightAt` of them. */
export function driftOf(beside: readonly Split<number>[], halfWeightAt: number): Drift {
  const levels = beside
    .filter(({ before, after }) => before.length >= LEAST_RUNS && after.length >= LEAST_RUNS)
    .map(({ before, after }) => ({
      level: median(before.slice(-LEVEL_RUNS).map(({ value }) => value)),
      after,
    }));
  return {
    runs: levels.reduce((sum, { after }) => sum + after.length, 0),
    at(instant) {
      const distances = levels.flatMap(({ level, after }) => {
        const near = after.filter(({ at }) => Math.abs(at - instant) <= NEAR_MS);
        return near.length === 0 ? [] : [median(near.map(({ value }) => value)) - level];
      });
      return distances.length === 0
        ? 0
        : (distances.length / (distances.length + halfWeightAt)) * median(distances);
    },
  };
}

/** Points of probability by which unmoved schedules fail more often since the merge; 0 of too few runs. */
export function failureDrift(beside: readonly Split<boolean>[]): {
  readonly points: number;
  readonly runs: number;
} {
  const before = beside.flatMap((split) => split.before);
  const after = beside.flatMap((split) => split.after);
  const share = (runs: typeof before): number =>
    runs.filter(({ value }) => value).length / Math.max(1, runs.length);
  const enough = before.length >= LEAST_RUNS && after.length >= LEAST_RUNS;
  return { points: enough ? share(after) - share(before) : 0, runs: enough ? after.length : 0 };
}
