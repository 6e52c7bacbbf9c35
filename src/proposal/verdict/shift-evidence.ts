import { itemAt } from '../../checked.ts';
import { median } from '../../statistics.ts';
import { type Bet, evidence, upperShare } from './e-process.ts';

/** How a measure with a level (a duration, a lateness) is judged; values are logs. */
export interface ShiftSettings {
  /** Smallest shift of the level, in logs, that anybody would act on. */
  readonly leastShift: number;
  /** Share of each run's log odds that counts. */
  readonly caution: number;
  /** Standard errors by which the share of outliers may be larger than before without being evidence. */
  readonly allowance: number;
}

/** Runs whose median is the level that later runs are compared with. */
const LEVEL_RUNS = 15;

/** Least share of runs that may lie beyond the least shift, however steady the series was. */
const LEAST_OUTLIERS = 0.1;

/** One run's value, and the drift of all schedules by then. */
export interface DriftedValue {
  readonly value: number;
  /** By how much the level of the unmoved schedules has changed by then. */
  readonly drift: number;
  /** How much the run counts, 0–1. */
  readonly weight: number;
}

/**
 * E-value against "the level has not moved by more than `leastShift` beyond the drift": upwards for `direction` 1,
 * downwards for −1. The claim allows a somewhat larger share of runs beyond it than the series' own history shows.
 */
export function shiftEvidence(
  before: readonly number[],
  after: readonly DriftedValue[],
  direction: 1 | -1,
  settings: ShiftSettings,
): number {
  if (before.length < LEVEL_RUNS || after.length === 0) return 1;
  const level = median(before.slice(-LEVEL_RUNS));
  const atMost = outlierShare(before, direction, settings);
  const bets: Bet[] = after.map(({ value, drift, weight }) => ({
    hit: direction * (value - drift - level) > settings.leastShift,
    atMost,
    weight,
  }));
  return evidence(bets, settings.caution);
}

/** Upper bound of the share of a series' own runs beyond the least shift, from earlier ones. */
function outlierShare(
  before: readonly number[],
  direction: 1 | -1,
  { leastShift, allowance }: ShiftSettings,
): number {
  let hits = 0;
  let runs = 0;
  for (let origin = LEVEL_RUNS; origin < before.length; origin += 1) {
    const level = median(before.slice(origin - LEVEL_RUNS, origin));
    for (let at = origin; at < Math.min(before.length, origin + LEVEL_RUNS); at += 1) {
      runs += 1;
      if (direction * (itemAt(before, at) - level) > leastShift) hits += 1;
    }
  }
  // Every run was compared with several levels; it counts as one observation.
  const distinct = Math.max(1, before.length - LEVEL_RUNS);
  const share = runs === 0 ? 0 : hits / runs;
  return Math.max(LEAST_OUTLIERS, upperShare(share * distinct, distinct, allowance));
}
