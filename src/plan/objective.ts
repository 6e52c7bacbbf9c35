import type { ObjectiveTerms } from './decision.ts';
import type { PlanWeights } from './input.ts';
import { LoadField } from './load-field.ts';
import type { Task } from './task.ts';
import { BIN_MINUTES, DAY_BINS, hourOfBin, TAP_SHARES, TAPS } from './week.ts';

/**
 * Overlap of a tenth of all work is normal: less than that is not blown up to a whole term again, or every round would find
 * something in the rest that the last one left.
 */
const LEAST_OVERLAP_SHARE = 0.1;
/** Jobs that wait for a runner for less than a hundredth of all work are no trouble. */
const LEAST_CROWDING_SHARE = 0.01;
/** Nobody notices a start five minutes late. */
const LEAST_WAIT_MINUTES = 5;
/** One failure in fifty is what a healthy schedule has anyway. */
const LEAST_FAILURE_SHARE = 0.02;
/** One run in ten may miss its deadline: so much is no violation yet. */
const LEAST_VIOLATION = 0.1;

/** A tick three hours earlier than `finish-by` asks for costs as much as one learned term of a mean schedule. */
const EARLY_WEIGHT = 1;

/** What one unit of each raw term costs: the weight over what today's schedules have of it. */
export interface Prices {
  readonly overlap: number;
  readonly wait: number;
  readonly failure: number;
  readonly violation: number;
  readonly distance: number;
  readonly early: number;
  readonly edit: number;
  readonly cost: number;
  readonly crowding: number;
}

/** Raw terms of a whole repository. */
export interface RawTerms {
  /** Pairwise minutes × jobs a week, each pair counted once. */
  readonly overlap: number;
  readonly wait: number;
  readonly failure: number;
  readonly violation: number;
  readonly distance: number;
  readonly early: number;
  readonly edits: number;
  /** USD a week, failed runs paid once more. */
  readonly cost: number;
  /** Minutes × jobs a week above what may run at once. */
  readonly crowding: number;
}

/** A chosen option per task, 0 for today's. */
export type Choice = Int32Array;

/** The field of all tasks at these choices, settled. */
export function fieldOf(tasks: readonly Task[], choice: Choice, background: readonly number[]): LoadField {
  const field = new LoadField(tasks, background);
  tasks.forEach((task, at) => {
    field.place(task, task.shifts[choice[at] as number] as number, 1);
  });
  field.settle();
  return field;
}

/** Expected minutes × jobs a week that this task at one option shares with the settled field. */
export function overlapOf(task: Task, option: number, field: LoadField): number {
  const shift = task.shifts[option] as number;
  let sum = 0;
  for (const pattern of task.ticks.patterns) {
    for (const tick of pattern.minutes) {
      const minute = tick + shift;
      const own = Math.floor(minute / BIN_MINUTES);
      const taps = (minute - own * BIN_MINUTES) * TAPS;
      for (let tap = 0; tap < TAPS; tap += 1) {
        const bin = own + tap - 1;
        const share = TAP_SHARES[taps + tap] as number;
        sum += share * field.overlapAt(pattern, bin, task.kernel(hourOfBin(bin)));
      }
    }
  }
  return sum * task.ticks.weight * task.width;
}

/** `overlapOf` for all options of a task at once: every bin and minute in reach is looked at once only. */
export function overlapsOf(task: Task, field: LoadField, { perBin, perMinute }: Scratch): Float64Array {
  const { shifts, ticks } = task;
  const overlaps = new Float64Array(shifts.length);
  const scale = ticks.weight * task.width;
  ticks.patterns.forEach((pattern, place) => {
    const bins = task.bins[place] as Int32Array;
    for (const bin of bins) {
      perBin[bin + SCRATCH_ROOM] = field.overlapAt(pattern, bin, task.kernel(hourOfBin(bin)));
    }
    for (const bin of bins) smear(perBin, bin + SCRATCH_ROOM, perMinute);
    const { minutes } = pattern;
    for (let option = 0; option < shifts.length; option += 1) {
      const start = (shifts[option] as number) + SCRATCH_ROOM * BIN_MINUTES;
      let sum = 0;
      for (let tick = 0; tick < minutes.length; tick += 1) {
        sum += perMinute[start + (minutes[tick] as number)] as number;
      }
      overlaps[option] = (overlaps[option] as number) + sum * scale;
    }
  });
  return overlaps;
}

/** What ticks at the minutes of one bin meet: each takes its shares of the bin before, its own, and the one after. */
function smear(perBin: Float64Array, at: number, perMinute: Float64Array): void {
  const [before, own, after] = [perBin[at - 1] as number, perBin[at] as number, perBin[at + 1] as number];
  for (let minute = 0; minute < BIN_MINUTES; minute += 1) {
    const taps = minute * TAPS;
    perMinute[at * BIN_MINUTES + minute] =
      (TAP_SHARES[taps] as number) * before +
      (TAP_SHARES[taps + 1] as number) * own +
      (TAP_SHARES[taps + 2] as number) * after;
  }
}

/** A shift is less than a day, and so are the minutes of a tick: bins lie within a day before and two after midnight. */
const SCRATCH_ROOM = DAY_BINS + 2;

/** Where `overlapsOf` keeps what it has looked up. */
export interface Scratch {
  readonly perBin: Float64Array;
  readonly perMinute: Float64Array;
}

export function scratchOf(): Scratch {
  const bins = SCRATCH_ROOM + 2 * DAY_BINS + 4;
  return { perBin: new Float64Array(bins), perMinute: new Float64Array(BIN_MINUTES * bins) };
}

/**
 * Raw terms of the whole repository at these choices. `field` holds all tasks at them, `empty` the background alone;
 * `crowding` is reckoned by `Crowding`.
 */
export function rawTerms(
  tasks: readonly Task[],
  choice: Choice,
  field: LoadField,
  empty: LoadField | null,
  crowding = 0,
): RawTerms {
  let [overlap, wait, failure, violation, distance, early, edits, cost] = [0, 0, 0, 0, 0, 0, 0, 0];
  tasks.forEach((task, at) => {
    const option = choice[at] as number;
    const shared = field.without(task, task.shifts[option] as number, () => overlapOf(task, option, field));
    // With the other schedules each pair is met twice, with the background once.
    overlap += (shared + (empty === null ? 0 : overlapOf(task, option, empty))) / 2;
    wait += task.wait[option] as number;
    failure += task.failure[option] as number;
    violation += task.violation[option] as number;
    distance += task.distance[option] as number;
    early += task.early[option] as number;
    edits += option === 0 ? 0 : 1;
    cost += paidAt(task, option);
  });
  return {
    overlap,
    wait,
    failure,
    violation,
    distance,
    early,
    edits,
    cost,
    crowding,
  };
}

/** USD a week at one option: a failed run is paid for and run again. */
function paidAt(task: Task, option: number): number {
  return task.paid * (1 + (task.failure[option] as number));
}

/** Normalisers of a repository: today's raw terms, and no less than what is worth caring for. */
function units(tasks: readonly Task[], today: RawTerms): RawTerms {
  const work = tasks.reduce((sum, task) => sum + task.workMinutes, 0);
  const count = Math.max(1, tasks.length);
  return {
    overlap: Math.max(today.overlap, LEAST_OVERLAP_SHARE * work, 1e-9),
    wait: Math.max(today.wait, LEAST_WAIT_MINUTES * count),
    failure: Math.max(today.failure, LEAST_FAILURE_SHARE * count),
    violation: Math.max(today.violation, LEAST_VIOLATION),
    distance: count,
    early: count,
    edits: count,
    cost: Math.max(today.cost, 1e-9),
    crowding: Math.max(today.crowding, LEAST_CROWDING_SHARE * work, 1e-9),
  };
}

/**
 * Prices under which today's schedules cost their weights. A violated wish costs no less for being one of many: a tenth of
 * it outweighs all that a mean schedule has of the other terms.
 */
export function pricesOf(tasks: readonly Task[], today: RawTerms, weights: PlanWeights): Prices {
  const unit = units(tasks, today);
  return {
    overlap: weights.overlap / unit.overlap,
    wait: weights.lateness / unit.wait,
    failure: weights.failure / unit.failure,
    violation: weights.finishBy / Math.min(unit.violation, LEAST_VIOLATION * Math.max(1, tasks.length)),
    distance: weights.shift / unit.distance,
    early: EARLY_WEIGHT / unit.early,
    edit: weights.edit / unit.edits,
    cost: (weights.cost ?? 0) / unit.cost,
    crowding: (weights.crowding ?? 1) / unit.crowding,
  };
}

/** Terms as a decision shows them: 1 is what today's schedules cost. */
export function shownTerms(tasks: readonly Task[], today: RawTerms, raw: RawTerms): ObjectiveTerms {
  const unit = units(tasks, today);
  return {
    overlap: raw.overlap / unit.overlap,
    lateness: raw.wait / unit.wait,
    failure: raw.failure / unit.failure,
    finishBy: raw.violation / unit.violation,
    shift: raw.distance / unit.distance,
    edit: raw.edits / unit.edits,
    cost: raw.cost / unit.cost,
    crowding: raw.crowding / unit.crowding,
  };
}

/** What the objective makes of raw terms. */
export function totalCost(raw: RawTerms, prices: Prices): number {
  return (
    prices.overlap * raw.overlap +
    prices.wait * raw.wait +
    prices.failure * raw.failure +
    prices.violation * raw.violation +
    prices.distance * raw.distance +
    prices.early * raw.early +
    prices.edit * raw.edits +
    prices.cost * raw.cost +
    prices.crowding * raw.crowding
  );
}

/** All costs of one option that do not depend on the other schedules. */
export function fixedCost(task: Task, option: number, prices: Prices): number {
  return (
    prices.wait * (task.wait[option] as number) +
    prices.failure * (task.failure[option] as number) +
    prices.violation * (task.violation[option] as number) +
    prices.distance * (task.distance[option] as number) +
    prices.early * (task.early[option] as number) +
    prices.cost * paidAt(task, option) +
    (option === 0 ? 0 : prices.edit)
  );
}

/** What each term saves by putting a task from today's time, among today's others, to an option among the planned ones. */
export function termsSaved(
  task: Task,
  option: number,
  prices: Prices,
  before: LoadField,
  after: LoadField,
): { overlap: number; lateness: number; failure: number; finishBy: number; cost: number } {
  const less = (values: Float64Array): number => (values[0] as number) - (values[option] as number);
  return {
    overlap: prices.overlap * (overlapOf(task, 0, before) - overlapOf(task, option, after)),
    lateness: prices.wait * less(task.wait),
    failure: prices.failure * less(task.failure),
    finishBy: prices.violation * less(task.violation),
    cost: prices.cost * (paidAt(task, 0) - paidAt(task, option)),
  };
}
