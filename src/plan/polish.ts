import { itemAt, numberAt } from '../checked.ts';
import type { PairModel } from './pairs.ts';
import { indexDraw } from './random.ts';

/** Kicks of the written-out search: a few milliseconds, after which ten schedules hardly ever get better. */
const KICKS = 400;
/** Schedules that a kick sends elsewhere. */
const KICKED = 3;
/** A better plan must save this much. */
const ROUNDING = 1e-9;
/**
 * Sums are kept up by adding and taking away, so that rounding could let a descent go round in a circle of equals: no
 * descent of so few schedules needs as many turns.
 */
const MOST_TURNS = 100;

/**
 * Betters a choice for a few schedules on the written-out objective, where an answer is a look into a table: iterated
 * descent over single schedules, then over pairs. Keeps the budget, and `leastGain` (share of its own cost) of
 * everybody who leaves option 0. Returns the better choice, or the one that was given.
 */
export function polish(
  model: PairModel,
  choice: Int32Array,
  leastGain: readonly number[],
  random: () => number,
): Int32Array {
  const state = new State(model, choice, leastGain);
  let best = state.kept();
  let bestCost = state.cost();
  const take = (): boolean => {
    state.descend();
    const cost = state.cost();
    const isBetter = cost < bestCost - ROUNDING && state.isAllowed();
    if (isBetter) [best, bestCost] = [state.kept(), cost];
    else state.restore(best);
    return isBetter;
  };
  take();
  for (let kick = 0; kick < KICKS; kick += 1) {
    for (let one = 0; one < KICKED; one += 1) {
      const at = indexDraw(random, model.own.length);
      state.assign(at, indexDraw(random, itemAt(model.own, at).length));
    }
    state.goHome(random);
    take();
  }
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    // A pair may save something and yet be refused, as one of both gains too little: then the next turn finds it again.
    if (!state.descendPairs() || !take()) break;
  }
  return best;
}

class State {
  readonly #model: PairModel;
  readonly #choice: Int32Array;
  readonly #leastGain: readonly number[];
  /** Per schedule the cost of each option beside the others where they are. */
  readonly #costs: readonly Float64Array[];

  constructor(model: PairModel, choice: Int32Array, leastGain: readonly number[]) {
    this.#model = model;
    this.#choice = choice.slice();
    this.#leastGain = leastGain;
    this.#costs = model.own.map((own) => own.slice());
    for (let at = 0; at < model.own.length; at += 1) this.#addPairs(at, numberAt(this.#choice, at), 1);
  }

  kept(): Int32Array {
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
    // Own costs were counted twice, pairs from both sides.
    return sum / 2;
  }

  /** Whether budget and gains are kept. */
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
    this.#addPairs(at, from, -1);
    this.#addPairs(at, option, 1);
    this.#choice[at] = option;
  }

  /** Adds what every other schedule's options share with `at` at an option. */
  #addPairs(at: number, option: number, times: 1 | -1): void {
    const own = itemAt(this.#model.own, at).length;
    for (let other = 0; other < this.#costs.length; other += 1) {
      if (other === at) continue;
      const costs = itemAt(this.#costs, other);
      const isRow = at < other;
      const pair = isRow ? this.#model.pair(at, other) : this.#model.pair(other, at);
      const [start, step] = isRow ? [option * costs.length, 1] : [option, own];
      for (let one = 0; one < costs.length; one += 1) {
        costs[one] = numberAt(costs, one) + times * numberAt(pair, start + one * step);
      }
    }
  }

  /** Best answers of single schedules, round by round, within the budget. */
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

  /** Sends schedules home by chance until the budget is kept. */
  goHome(random: () => number): void {
    for (let moved = this.#moved(); moved > this.#model.budget; moved -= 1) {
      const away = [...this.#choice.keys()].filter((at) => this.#choice[at] !== 0);
      this.assign(itemAt(away, indexDraw(random, away.length)), 0);
    }
  }

  /** The best change of two schedules at once; false where none saves anything. */
  descendPairs(): boolean {
    const moved = this.#moved();
    for (let i = 0; i < this.#choice.length; i += 1) {
      for (let j = i + 1; j < this.#choice.length; j += 1) {
        if (this.#betterPair(i, j, moved)) return true;
      }
    }
    return false;
  }

  #betterPair(i: number, j: number, moved: number): boolean {
    const pair = this.#model.pair(i, j);
    const [costsI, costsJ] = [itemAt(this.#costs, i), itemAt(this.#costs, j)];
    const columns = costsJ.length;
    const [a0, b0] = [numberAt(this.#choice, i), numberAt(this.#choice, j)];
    const at = (a: number, b: number): number => numberAt(pair, a * columns + b);
    const others = moved - (a0 === 0 ? 0 : 1) - (b0 === 0 ? 0 : 1);
    let [best, bestA, bestB] = [numberAt(costsI, a0) + numberAt(costsJ, b0) - at(a0, b0) - ROUNDING, -1, -1];
    for (let a = 0; a < costsI.length; a += 1) {
      // Each one's cost holds the other where it is now: that is taken out again.
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
