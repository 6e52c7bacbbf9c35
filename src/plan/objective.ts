import { numberAt } from '../checked.ts';
import type { ObjectiveTerms } from './decision.ts';
import type { PlanWeights } from './input.ts';
import { LoadField } from './load-field.ts';
import { overlapOf } from './overlap.ts';
import type { Task } from './task.ts';

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
  /**
   * Pairwise minutes × jobs a week, each pair counted once, and those on shared runners by the share of them that other
   * repositories have.
   */
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
    field.place(task, numberAt(task.shifts, numberAt(choice, at)), 1);
  });
  field.settle();
  return field;
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
    const option = numberAt(choice, at);
    const shared = field.without(task, numberAt(task.shifts, option), () => overlapOf(task, option, field));
    // With the other schedules each pair is met twice, with the background once.
    overlap +=
      (shared + (empty === null ? 0 : overlapOf(task, option, empty))) / 2 + heldElsewhere(task, option);
    wait += numberAt(task.wait, option);
    failure += numberAt(task.failure, option);
    violation += numberAt(task.violation, option);
    distance += numberAt(task.distance, option);
    early += numberAt(task.early, option);
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

/** `elsewhere` of a task at one option, 0 where it shares no runners. */
export function heldElsewhere(task: Task, option: number): number {
  return task.elsewhere[option] ?? 0;
}

/** USD a week at one option: a failed run is paid for and run again. */
function paidAt(task: Task, option: number): number {
  return task.paid * (1 + numberAt(task.failure, option));
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
    prices.overlap * heldElsewhere(task, option) +
    prices.wait * numberAt(task.wait, option) +
    prices.failure * numberAt(task.failure, option) +
    prices.violation * numberAt(task.violation, option) +
    prices.distance * numberAt(task.distance, option) +
    prices.early * numberAt(task.early, option) +
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
): {
  overlap: number;
  runners: number;
  lateness: number;
  failure: number;
  finishBy: number;
  cost: number;
} {
  const less = (values: Float64Array): number => numberAt(values, 0) - numberAt(values, option);
  return {
    overlap: prices.overlap * (overlapOf(task, 0, before) - overlapOf(task, option, after)),
    runners: prices.overlap * (heldElsewhere(task, 0) - heldElsewhere(task, option)),
    lateness: prices.wait * less(task.wait),
    failure: prices.failure * less(task.failure),
    finishBy: prices.violation * less(task.violation),
    cost: prices.cost * (paidAt(task, 0) - paidAt(task, option)),
  };
}
