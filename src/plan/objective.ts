import { numberAt } from '../checked.ts';
import type { ObjectiveTerms } from './decision.ts';
import type { PlanWeights } from './input.ts';
import { LoadField } from './load-field.ts';
import { overlapOf } from './overlap.ts';
import type { Task } from './task.ts';

/** Overlap of a tenth of all work is normal: without this floor tiny ones would count as a full term. */
const LEAST_OVERLAP_SHARE = 0.1;
/** Jobs that wait for a runner for less than a hundredth of all work do no harm. */
const LEAST_CROWDING_SHARE = 0.01;
/** Nobody notices a start five minutes late. */
const LEAST_WAIT_MINUTES = 5;
/** One failure in fifty is what a healthy schedule has anyway. */
const LEAST_FAILURE_SHARE = 0.02;
/** One run in ten may miss its deadline: that is no violation yet. */
const LEAST_VIOLATION = 0.1;

/** A tick three hours earlier than `finish-by` asks for costs as much as one learned term of a mean schedule. */
const EARLY_WEIGHT = 1;

/** A change of a cost smaller than this is rounding, not gain. */
export const ROUNDING = 1e-9;

/** Cost of one unit of each raw term: its weight, divided by the term's value under the current schedules. */
export type TermWeights = Readonly<Record<keyof RawTerms, number>>;

/** Raw terms of a whole repository. */
export interface RawTerms {
  /**
   * Minutes × jobs a week that pairs of runs share, each pair counted once; and minutes × jobs on shared runners, each
   * counted by the share of these runners that other repositories have.
   */
  readonly overlap: number;
  readonly wait: number;
  readonly failure: number;
  readonly violation: number;
  readonly distance: number;
  readonly early: number;
  readonly edit: number;
  /** USD a week, failed runs paid once more. */
  readonly cost: number;
  /** Minutes × jobs a week above the limit of their runners. */
  readonly crowding: number;
}

/** A chosen option per task, 0 for its current time. */
export type Choice = Int32Array;

/** The field of all tasks at these choices, its sums up to date. */
export function fieldOf(tasks: readonly Task[], choice: Choice, background: readonly number[]): LoadField {
  const field = new LoadField(tasks, background);
  tasks.forEach((task, at) => {
    field.place(task, numberAt(task.shifts, numberAt(choice, at)), 1);
  });
  field.updateSums();
  return field;
}

/** The field of the background alone, its sums up to date; `null` where there is no background. */
export function backgroundField(tasks: readonly Task[], background: readonly number[]): LoadField | null {
  if (!background.some((jobs) => jobs > 0)) return null;
  const field = new LoadField(tasks, background);
  field.updateSums();
  return field;
}

/** Raw terms of the repository: `field` holds all tasks, `empty` the background; `crowding` is `Crowding`'s total. */
export function rawTerms(
  tasks: readonly Task[],
  choice: Choice,
  field: LoadField,
  empty: LoadField | null,
  crowding = 0,
): RawTerms {
  let [overlap, wait, failure, violation, distance, early, edit, cost] = [0, 0, 0, 0, 0, 0, 0, 0];
  tasks.forEach((task, at) => {
    const option = numberAt(choice, at);
    const shared = field.withScheduleRemoved(task, numberAt(task.shifts, option), () =>
      overlapOf(task, option, field),
    );
    // With the other schedules each pair is met twice, with the background once.
    overlap +=
      (shared + (empty === null ? 0 : overlapOf(task, option, empty))) / 2 + takenByOthers(task, option);
    const { importance = 1 } = task.schedule;
    wait += importance * numberAt(task.wait, option);
    failure += importance * numberAt(task.failure, option);
    violation += numberAt(task.violation, option);
    distance += importance * numberAt(task.distance, option);
    early += numberAt(task.early, option);
    edit += option === 0 ? 0 : importance;
    cost += paidAt(task, option);
  });
  return { overlap, wait, failure, violation, distance, early, edit, cost, crowding };
}

/** Minutes × jobs a week that a task runs while other repositories have its runners; 0 where it shares none. */
export function takenByOthers({ elsewhere }: Task, option: number): number {
  return elsewhere.length === 0 ? 0 : numberAt(elsewhere, option);
}

/** USD a week at one option: a failed run is paid for and run again. */
function paidAt(task: Task, option: number): number {
  return task.paid * (1 + numberAt(task.failure, option));
}

/** Cost of a unit of each term for one schedule: its own terms cost more where it is important. */
export function ownWeights(termWeights: TermWeights, { schedule: { importance = 1 } }: Task): TermWeights {
  if (importance === 1) return termWeights;
  return {
    ...termWeights,
    wait: importance * termWeights.wait,
    failure: importance * termWeights.failure,
    distance: importance * termWeights.distance,
    edit: importance * termWeights.edit,
  };
}

/** Divisor of each raw term: its value under the current schedules, at least an amount that people would notice. */
function normalisers(tasks: readonly Task[], today: RawTerms): RawTerms {
  const work = tasks.reduce((sum, task) => sum + task.workMinutes, 0);
  const count = Math.max(1, tasks.length);
  return {
    overlap: Math.max(today.overlap, LEAST_OVERLAP_SHARE * work, 1e-9),
    wait: Math.max(today.wait, LEAST_WAIT_MINUTES * count),
    failure: Math.max(today.failure, LEAST_FAILURE_SHARE * count),
    violation: Math.max(today.violation, LEAST_VIOLATION),
    distance: count,
    early: count,
    edit: count,
    cost: Math.max(today.cost, 1e-9),
    crowding: Math.max(today.crowding, LEAST_CROWDING_SHARE * work, 1e-9),
  };
}

/**
 * Weights under which each term of the current schedules costs what the settings say. A violated `finish-by` costs no
 * less where there are many: a tenth of it outweighs all other terms of a mean schedule.
 */
export function termWeightsOf(tasks: readonly Task[], today: RawTerms, weights: PlanWeights): TermWeights {
  const unit = normalisers(tasks, today);
  return {
    overlap: weights.overlap / unit.overlap,
    wait: weights.lateness / unit.wait,
    failure: weights.failure / unit.failure,
    violation: weights.finishBy / Math.min(unit.violation, LEAST_VIOLATION * Math.max(1, tasks.length)),
    distance: weights.shift / unit.distance,
    early: EARLY_WEIGHT / unit.early,
    edit: weights.edit / unit.edit,
    cost: (weights.cost ?? 0) / unit.cost,
    crowding: (weights.crowding ?? 1) / unit.crowding,
  };
}

/** Terms as a decision shows them: 1 is what the current schedules cost. */
export function shownTerms(tasks: readonly Task[], today: RawTerms, raw: RawTerms): ObjectiveTerms {
  const unit = normalisers(tasks, today);
  return {
    overlap: raw.overlap / unit.overlap,
    lateness: raw.wait / unit.wait,
    failure: raw.failure / unit.failure,
    finishBy: raw.violation / unit.violation,
    shift: raw.distance / unit.distance,
    edit: raw.edit / unit.edit,
    cost: raw.cost / unit.cost,
    crowding: raw.crowding / unit.crowding,
  };
}

/** The objective: the weighted sum of raw terms. */
export function totalCost(raw: RawTerms, termWeights: TermWeights): number {
  return (
    termWeights.overlap * raw.overlap +
    termWeights.wait * raw.wait +
    termWeights.failure * raw.failure +
    termWeights.violation * raw.violation +
    termWeights.distance * raw.distance +
    termWeights.early * raw.early +
    termWeights.edit * raw.edit +
    termWeights.cost * raw.cost +
    termWeights.crowding * raw.crowding
  );
}

/** All costs of one option that do not depend on the other schedules. */
export function fixedCost(task: Task, option: number, common: TermWeights): number {
  const termWeights = ownWeights(common, task);
  return (
    termWeights.overlap * takenByOthers(task, option) +
    termWeights.wait * numberAt(task.wait, option) +
    termWeights.failure * numberAt(task.failure, option) +
    termWeights.violation * numberAt(task.violation, option) +
    termWeights.distance * numberAt(task.distance, option) +
    termWeights.early * numberAt(task.early, option) +
    termWeights.cost * paidAt(task, option) +
    (option === 0 ? 0 : termWeights.edit)
  );
}

/** Saving in each term of a move from now, among current schedules, to an option among the planned ones. */
export function termsSaved(
  task: Task,
  option: number,
  common: TermWeights,
  before: LoadField,
  after: LoadField,
) {
  const termWeights = ownWeights(common, task);
  const less = (values: Float64Array): number => numberAt(values, 0) - numberAt(values, option);
  return {
    overlap: termWeights.overlap * (overlapOf(task, 0, before) - overlapOf(task, option, after)),
    runners: termWeights.overlap * (takenByOthers(task, 0) - takenByOthers(task, option)),
    lateness: termWeights.wait * less(task.wait),
    failure: termWeights.failure * less(task.failure),
    finishBy: termWeights.violation * less(task.violation),
    cost: termWeights.cost * (paidAt(task, 0) - paidAt(task, option)),
  };
}

/** Saving in each term, in the objective's units. */
export type TermsSaved = Readonly<ReturnType<typeof termsSaved>>;
