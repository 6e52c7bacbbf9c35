import { median } from '../../statistics.ts';
import { DAY_MS } from '../../time.ts';
import type { Split } from './series.ts';

/** Runs before the merge whose median is the level of a schedule left alone. */
const LEVEL_RUNS = 15;
/** A schedule left alone with fewer runs on either side tells no drift. */
const LEAST_RUNS = 5;
/** Runs of the schedules left alone that lie this near tell the drift at an instant. */
const NEAR_MS = 3.5 * DAY_MS;

/** What the schedules left alone tell of the times. */
export interface Drift {
  /** By how much (in the values' own units) they have moved by an instant, shrunk to nothing where few tell it. */
  at(instant: number): number;
  /** Runs since the merge behind it. */
  readonly runs: number;
}

/**
 * The drift of some schedules since the merge: the middle of their distances from their own levels. `halfWay` is how many
 * of them make it count half.
 */
export function driftOf(beside: readonly Split<number>[], halfWay: number): Drift {
  const told = beside
    .filter(({ before, after }) => before.length >= LEAST_RUNS && after.length >= LEAST_RUNS)
    .map(({ before, after }) => ({
      level: median(before.slice(-LEVEL_RUNS).map(({ value }) => value)),
      after,
    }));
  return {
    runs: told.reduce((sum, { after }) => sum + after.length, 0),
    at(instant) {
      const distances = told.flatMap(({ level, after }) => {
        const near = after.filter(({ at }) => Math.abs(at - instant) <= NEAR_MS);
        return near.length === 0 ? [] : [median(near.map(({ value }) => value)) - level];
      });
      return distances.length === 0
        ? 0
        : (distances.length / (distances.length + halfWay)) * median(distances);
    },
  };
}

/** Points of probability by which the schedules left alone fail more often since the merge; 0 where too few tell. */
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
