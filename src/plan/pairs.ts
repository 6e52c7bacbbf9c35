import { itemAt, numberAt } from '../checked.ts';
import type { Couplings } from './couplings.ts';
import { LoadField } from './load-field.ts';
import { fixedCost, type TermWeights } from './objective.ts';
import { overlapOf, overlapsOf, scratchOf } from './overlap.ts';
import type { Task } from './task.ts';

/** Cost of a pair of options that a coupling forbids: more than anything could save. */
const FORBIDDEN = 1e6;

/** The objective as a table: a sum over schedules and over pairs of them. */
export interface PairModel {
  /** Cost of each option by itself, the background's overlap included, by schedule. */
  readonly own: readonly Float64Array[];
  /** For `i < j`: cost of both together at [option of i × options of j + option of j]. */
  pair(i: number, j: number): Float64Array;
  /** Most schedules that may leave option 0. */
  readonly budget: number;
}

/** The pair model of a round. Schedules that may not move have one option, the current one. */
export function pairModel(
  tasks: readonly Task[],
  movable: readonly boolean[],
  termWeights: TermWeights,
  background: readonly number[],
  couplings: Couplings,
  budget: number,
): PairModel {
  const counts = tasks.map((task, at) => (movable[at] === true ? task.options.length : 1));
  const empty = new LoadField(tasks, background);
  empty.updateSums();
  const own = tasks.map((task, at) =>
    Float64Array.from(
      { length: itemAt(counts, at) },
      (_, option) =>
        termWeights.overlap * overlapOf(task, option, empty) + fixedCost(task, option, termWeights),
    ),
  );
  const pairs = pairCosts(tasks, counts, termWeights, couplings);
  return {
    own,
    pair: (i, j) => itemAt(itemAt(pairs, i), j - i - 1),
    budget,
  };
}

/**
 * The tables of all pairs, by the earlier task and then by how far the later one comes after it: each option of a task
 * is placed alone, and every later task's overlap with it is looked up.
 */
function pairCosts(
  tasks: readonly Task[],
  counts: readonly number[],
  termWeights: TermWeights,
  couplings: Couplings,
): readonly (readonly Float64Array[])[] {
  const scratch = scratchOf();
  const field = new LoadField(tasks);
  return tasks.map((task, i) => {
    const pairs = counts.slice(i + 1).map((count) => new Float64Array(itemAt(counts, i) * count));
    // Nothing comes after the last one.
    if (pairs.length === 0) return pairs;
    for (let option = 0; option < itemAt(counts, i); option += 1) {
      field.place(task, numberAt(task.shifts, option), 1);
      field.updateSums();
      for (let j = i + 1; j < tasks.length; j += 1) {
        const other = itemAt(tasks, j);
        const count = itemAt(counts, j);
        const costs = itemAt(pairs, j - i - 1);
        const overlaps = count === 1 ? [overlapOf(other, 0, field)] : overlapsOf(other, field, scratch);
        for (let at = 0; at < count; at += 1) {
          const isForbidden = couplings.has(j) && !couplings.allowsPair(i, j, option, at);
          costs[option * count + at] = isForbidden ? FORBIDDEN : termWeights.overlap * itemAt(overlaps, at);
        }
      }
      field.place(task, numberAt(task.shifts, option), -1);
    }
    return pairs;
  });
}

/** Cost of a plan; infinite where it moves more than the budget allows. */
export function costOf(model: PairModel, choice: ArrayLike<number>): number {
  let [sum, moved] = [0, 0];
  for (let i = 0; i < choice.length; i += 1) {
    const option = itemAt(choice, i);
    if (option !== 0) moved += 1;
    sum += numberAt(itemAt(model.own, i), option);
    for (let j = i + 1; j < choice.length; j += 1) {
      const columns = itemAt(model.own, j).length;
      sum += numberAt(model.pair(i, j), option * columns + itemAt(choice, j));
    }
  }
  return moved > model.budget ? Number.POSITIVE_INFINITY : sum;
}
