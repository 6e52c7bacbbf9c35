import { itemAt, numberAt } from '../checked.ts';
import type { Couplings } from './couplings.ts';
import type { Crowding } from './crowding.ts';
import { LoadField } from './load-field.ts';
import { MinuteCounts } from './minute-counts.ts';
import { type Choice, fixedCost, ROUNDING, type TermWeights } from './objective.ts';
import { overlapsOf, scratchOf } from './overlap.ts';
import type { Task } from './task.ts';

/** The tasks and weights of a search, and the rules that it must keep. */
export interface SearchWorld {
  readonly tasks: readonly Task[];
  readonly termWeights: TermWeights;
  readonly background: readonly number[];
  readonly couplings: Couplings;
  /** Costs of too few runners, with the tasks at their current times; `null` where no limit can be reached. */
  readonly crowding: Crowding | null;
}

/** The costs of one task's options while all other tasks stay where they are. */
export interface Response {
  /** The cheapest option; of equal ones the nearest. */
  readonly best: number;
  readonly costs: Float64Array;
  /** 1 where a coupling or a full minute forbids the option at present; `null` where no option is forbidden. */
  readonly forbidden: Uint8Array | null;
}

/** A task that was moved, and the option it was at before. */
export interface Change {
  readonly at: number;
  readonly from: number;
}

/** Share of its cost at the current time that a task saves at an option. */
export function gainOf({ costs }: Response, option: number): number {
  const current = numberAt(costs, 0);
  return current <= ROUNDING ? 0 : (current - numberAt(costs, option)) / current;
}

/** The chosen option of each task, and the cost that every other option would have now. */
export class Assignment {
  readonly choice: Choice;
  readonly #world: SearchWorld;
  readonly #field: LoadField;
  /** Per task and option: the costs that do not depend on the other tasks. */
  readonly #fixedCosts: readonly Float64Array[];
  readonly #scratch = scratchOf();
  readonly #minutes: MinuteCounts;
  #moved = 0;
  #evaluations = 0;
  /**
   * Number of the present state, and the largest number given so far. A response is cached under the state in which
   * it was computed; an undone trial returns to its first state, and the responses of that state hold again.
   */
  #state = 0;
  #lastState = 0;
  readonly #cache: { readonly state: number; readonly response: Response }[] = [];
  /** Changes of the running trial, oldest first; `null` outside of a trial. */
  #trial: Change[] | null = null;

  constructor(world: SearchWorld) {
    const { tasks, background, termWeights } = world;
    this.choice = new Int32Array(tasks.length);
    this.#world = world;
    this.#field = new LoadField(tasks, background);
    this.#minutes = new MinuteCounts(tasks);
    for (const task of tasks) this.#field.place(task, 0, 1);
    this.#fixedCosts = tasks.map((task) =>
      task.wait.map((_, option) => fixedCost(task, option, termWeights)),
    );
  }

  /** Number of tasks that are not at their current time. */
  get moved(): number {
    return this.#moved;
  }

  /** How often a response was asked for, cached ones included: the search is bounded by it. */
  get evaluations(): number {
    return this.#evaluations;
  }

  /** Puts a task at an option. */
  assign(at: number, option: number): void {
    const task = itemAt(this.#world.tasks, at);
    const from = numberAt(this.choice, at);
    if (from === option) return;
    this.#field.place(task, numberAt(task.shifts, from), -1);
    this.#field.place(task, numberAt(task.shifts, option), 1);
    this.#world.crowding?.move(at, from, option);
    this.#minutes.move(at, from, option);
    this.#moved += (from === 0 ? 1 : 0) - (option === 0 ? 1 : 0);
    this.choice[at] = option;
    this.#lastState += 1;
    this.#state = this.#lastState;
    this.#trial?.push({ at, from });
  }

  assignAll(choice: Choice): void {
    choice.forEach((option, at) => {
      this.assign(at, option);
    });
  }

  /** Moved tasks that may not be where they are: they break a coupling, or overfill a minute. */
  unsuited(): readonly number[] {
    return [...this.#world.couplings.unsuited(this.choice), ...this.#minutes.unsuited(this.choice)];
  }

  /** Runs a trial, which changes the assignment and returns what that saves; undoes it where that is nothing. */
  attempt(trial: (changes: readonly Change[]) => number): void {
    const state = this.#state;
    const changes: Change[] = [];
    this.#trial = changes;
    const saved = trial(changes);
    this.#trial = null;
    if (saved > ROUNDING) return;
    for (const { at, from } of changes.reverse()) this.assign(at, from);
    this.#state = state;
  }

  /** Costs of a task's options now. */
  bestResponse(at: number): Response {
    this.#evaluations += 1;
    const cached = this.#cache[at];
    if (cached?.state === this.#state) return cached.response;
    const response = this.#evaluate(at);
    this.#cache[at] = { state: this.#state, response };
    return response;
  }

  #evaluate(at: number): Response {
    const present = numberAt(this.choice, at);
    const costs = this.#costsOf(at, present);
    const forbidden = this.#forbiddenOf(at);
    let best = forbidden?.[0] === 1 ? present : 0;
    for (let option = 0; option < costs.length; option += 1) {
      if (forbidden?.[option] === 1) continue;
      if (numberAt(costs, option) < numberAt(costs, best) - ROUNDING) best = option;
    }
    return { best, costs, forbidden };
  }

  #costsOf(at: number, present: number): Float64Array {
    const { tasks, termWeights, crowding } = this.#world;
    const task = itemAt(tasks, at);
    const fixed = itemAt(this.#fixedCosts, at);
    // Overlap takes the longest.
    const costs =
      termWeights.overlap === 0
        ? new Float64Array(fixed.length)
        : this.#field.withScheduleRemoved(task, numberAt(task.shifts, present), () =>
            overlapsOf(task, this.#field, this.#scratch),
          );
    const aboveLimit = crowding?.costs(at, present) ?? null;
    for (let option = 0; option < costs.length; option += 1) {
      let cost = termWeights.overlap * numberAt(costs, option) + numberAt(fixed, option);
      if (aboveLimit !== null) cost += termWeights.crowding * numberAt(aboveLimit, option);
      costs[option] = cost;
    }
    return costs;
  }

  #forbiddenOf(at: number): Uint8Array | null {
    const { tasks, couplings } = this.#world;
    const fullMinutes = this.#minutes.forbiddenOf(at, numberAt(this.choice, at));
    if (!couplings.has(at)) return fullMinutes;
    return Uint8Array.from(itemAt(tasks, at).options, (_, option) =>
      fullMinutes?.[option] !== 1 && couplings.allows(at, option, this.choice) ? 0 : 1,
    );
  }
}
