import { itemAt, numberAt } from '../checked.ts';
import { ROUNDING } from './objective.ts';
import type { PairModel } from './pairs.ts';
import { indexDraw } from './random.ts';

/** Kicks on the pair model: a few milliseconds, after which ten schedules hardly ever get better. */
const KICKS = 400;
/** Schedules that a kick moves at random. */
const KICKED = 3;
/** Costs are added to and subtracted from, so that rounding could make a descent cycle; none takes as many turns. */
const MOST_TURNS = 100;

/**
 * Improves a choice for a few schedules on the pair model, where an evaluation is a look into a table: iterated
 * descent over single schedules, then over pairs. Keeps the budget, and lets a schedule leave option 0 only where
 * that saves its `leastGain` (share of its own cost). Returns the better choice, or the one that was given.
 */
export function polish(
  model: PairModel,
  choice: Int32Array,
  leastGain: readonly number[],
  random: () => number,
): Int32Array {
  const state = new State(model, choice, leastGain);
  let best = state.choice();
  let bestCost = state.cost();
  const descendAndCompare = (): boolean => {
    state.descend();
    const cost = state.cost();
    const isBetter = cost < bestCost - ROUNDING && state.isAllowed();
    if (isBetter) [best, bestCost] = [state.choice(), cost];
    else state.restore(best);
    return isBetter;
  };
  descendAndCompare();
  for (let kick = 0; kick < KICKS; kick += 1) {
    for (let one = 0; one < KICKED; one += 1) {
      const at = indexDraw(random, model.own.length);
      state.assign(at, indexDraw(random, itemAt(model.own, at).length));
    }
    state.revertToBudget(random);
    descendAndCompare();
  }
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    // A pair may save something and yet be refused, as one of the two gains too little; the next turn would find it
    // again.
    if (!state.descendPairs() || !descendAndCompare()) break;
  }
  return best;
}

/** A choice on the pair model, and the cost of every option beside it. */
class State {
  readonly #model: PairModel;
  readonly #choice: Int32Array;
  readonly #leastGain: readonly number[];
  /** Per schedule: cost of each option while the others stay where they are. */
  readonly #costs: readonly Float64Array[];
  /** Per schedule and other one: costs of both together at [own option × options of the other + its option]. */
  readonly #tables: readonly (readonly Float64Array[])[];

  constructor(model: PairModel, choice: Int32Array, leastGain: readonly number[]) {
    this.#model = model;
    this.#choice = choice.slice();
    this.#leastGain = leastGain;
    this.#costs = model.own.map((own) => own.slice());
    this.#tables = tablesOf(model);
    for (let at = 0; at < model.own.length; at += 1) this.#addPairs(at, numberAt(this.#choice, at));
  }

  choice(): Int32Array {
    return this.#choice.slice();
  }

  restore(choice: Int32Array): void {
    choice.forEach((option, at) => {
      this.assign(at, option);
    });
  }

  cost(): number {
    let sum = 0;
    this.#choice.forEach((option, at) => {
      sum += numberAt(itemAt(this.#model.own, at), option) + numberAt(itemAt(this.#costs, at), option);
    });
    // Own costs were added twice, pairs once from either side.
    return sum / 2;
  }

  /** Whether the budget is kept and every moved schedule gains enough. */
  isAllowed(): boolean {
    let moved = 0;
    for (let at = 0; at < this.#choice.length; at += 1) {
      const option = numberAt(this.#choice, at);
      if (option === 0) continue;
      moved += 1;
      const costs = itemAt(this.#costs, at);
      const today = numberAt(costs, 0);
      if (today - numberAt(costs, option) < itemAt(this.#leastGain, at) * today - ROUNDING) return false;
    }
    return moved <= this.#model.budget;
  }

  #moved(): number {
    return this.#choice.reduce((count, option) => count + (option === 0 ? 0 : 1), 0);
  }

  assign(at: number, option: number): void {
    const from = numberAt(this.#choice, at);
    if (from === option) return;
    for (let other = 0; other < this.#costs.length; other += 1) {
      if (other === at) continue;
      const [costs, table] = [itemAt(this.#costs, other), itemAt(itemAt(this.#tables, at), other)];
      const [left, taken] = [from * costs.length, option * costs.length];
      for (let one = 0; one < costs.length; one += 1) {
        costs[one] = numberAt(costs, one) - numberAt(table, left + one) + numberAt(table, taken + one);
      }
    }
    this.#choice[at] = option;
  }

  /** Adds the pair costs of `at` at an option to the costs of every other schedule. */
  #addPairs(at: number, option: number): void {
    for (let other = 0; other < this.#costs.length; other += 1) {
      if (other === at) continue;
      const [costs, table] = [itemAt(this.#costs, other), itemAt(itemAt(this.#tables, at), other)];
      const start = option * costs.length;
      for (let one = 0; one < costs.length; one += 1) {
        costs[one] = numberAt(costs, one) + numberAt(table, start + one);
      }
    }
  }

  /** Moves single schedules to their cheapest options within the budget, turn by turn, until none improves. */
  descend(): void {
    let better = true;
    for (let turn = 0; better && turn < MOST_TURNS; turn += 1) {
      better = false;
      for (let at = 0; at < this.#choice.length; at += 1) {
        const costs = itemAt(this.#costs, at);
        const from = numberAt(this.#choice, at);
        if (from === 0 && this.#moved() >= this.#model.budget) continue;
        let to = from;
        for (let option = 0; option < costs.length; option += 1) {
          if (numberAt(costs, option) < numberAt(costs, to) - ROUNDING) to = option;
        }
        if (to === from) continue;
        this.assign(at, to);
        better = true;
      }
    }
  }

  /** Reverts random schedules to option 0 until the budget is kept. */
  revertToBudget(random: () => number): void {
    for (let moved = this.#moved(); moved > this.#model.budget; moved -= 1) {
      const away = [...this.#choice.keys()].filter((at) => this.#choice[at] !== 0);
      this.assign(itemAt(away, indexDraw(random, away.length)), 0);
    }
  }

  /** Makes the best change of the first pair of schedules that can save something; false where none can. */
  descendPairs(): boolean {
    const moved = this.#moved();
    for (let i = 0; i < this.#choice.length; i += 1) {
      for (let j = i + 1; j < this.#choice.length; j += 1) {
        if (this.#improvePair(i, j, moved)) return true;
      }
    }
    return false;
  }

  #improvePair(i: number, j: number, moved: number): boolean {
    const pair = this.#model.pair(i, j);
    const [costsI, costsJ] = [itemAt(this.#costs, i), itemAt(this.#costs, j)];
    const columns = costsJ.length;
    const [a0, b0] = [numberAt(this.#choice, i), numberAt(this.#choice, j)];
    const at = (a: number, b: number): number => numberAt(pair, a * columns + b);
    const others = moved - (a0 === 0 ? 0 : 1) - (b0 === 0 ? 0 : 1);
    let [best, bestA, bestB] = [numberAt(costsI, a0) + numberAt(costsJ, b0) - at(a0, b0) - ROUNDING, -1, -1];
    for (let a = 0; a < costsI.length; a += 1) {
      // The cost of either holds the other one where it is now, which is subtracted again.
      const costA = numberAt(costsI, a) - at(a, b0);
      for (let b = 0; b < columns; b += 1) {
        const cost = costA + numberAt(costsJ, b) - at(a0, b) + at(a, b);
        if (cost >= best || others + (a === 0 ? 0 : 1) + (b === 0 ? 0 : 1) > this.#model.budget) continue;
        [best, bestA, bestB] = [cost, a, b];
      }
    }
    if (bestA < 0) return false;
    this.assign(i, bestA);
    this.assign(j, bestB);
    return true;
  }
}

/** The pair costs from either side, each option's in a row: they are read row by row, some hundred thousand times. */
function tablesOf(model: PairModel): readonly (readonly Float64Array[])[] {
  const counts = model.own.map(({ length }) => length);
  return counts.map((rows, at) =>
    counts.map((columns, other) => {
      if (at === other) return new Float64Array(0);
      if (at < other) return model.pair(at, other);
      const turned = model.pair(other, at);
      const table = new Float64Array(rows * columns);
      for (let row = 0; row < rows; row += 1) {
        for (let column = 0; column < columns; column += 1) {
          table[row * columns + column] = numberAt(turned, column * rows + row);
        }
      }
      return table;
    }),
  );
}
