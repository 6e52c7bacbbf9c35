import { median } from '../../statistics.ts';
import { type Bet, evidence, upperShare } from './e-process.ts';

/** How a measure with a level (a duration, a lateness) is judged; values are logs. */
export interface ShiftSettings {
  /** Smaller shifts of the level, in logs, are none that anybody would act on. */
  readonly leastShift: number;
  /** Share of each run's log odds that counts. */
  readonly caution: number;
  /** Standard errors by which the share of outliers is allowed to be larger than it was. */
  readonly allowance: number;
}

/** Runs whose median is the level that others are compared with. */
const LEVEL_RUNS = 15;

/** However steady a series was, this share of its runs may lie beyond the least shift. */
const LEAST_OUTLIERS = 0.1;

/** One run's value with what the level has moved by meanwhile for everybody. */
export interface DriftedValue {
  readonly value: number;
  /** By how much the schedules left alone have moved by then. */
  readonly drift: number;
}

/**
 * E-value against "the level has not moved by more than `leastShift` beyond the drift": upwards for `direction` 1,
 * downwards for −1. The claim allows as many runs beyond it as the series' own history shows at the distance of the look,
 * and some more.
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
  const bets: Bet[] = after.map(({ value, drift }) => ({
    hit: direction * (value - drift - level) > settings.leastShift,
    atMost,
  }));
  return evidence(bets, settings.caution);
}

/**
 * Share of a series' own runs that lay beyond the least shift from a level some runs before them: a series that
 * wanders by itself is allowed to.
 */
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
      if (direction * ((before[at] ?? 0) - level) > leastShift) hits += 1;
    }
  }
  // Every run was compared with many levels; as evidence it counts once.
  const distinct = Math.max(1, before.length - LEVEL_RUNS);
  const share = runs === 0 ? 0 : hits / runs;
  return Math.max(LEAST_OUTLIERS, upperShare(share * distinct, distinct, allowance));
}
