import { itemAt, numberAt } from '../checked.ts';
import { DAY_MINUTES } from '../time.ts';
import type { Couplings } from './couplings.ts';
import type { Crowding } from './crowding.ts';
import { LargestFirst } from './heap.ts';
import { LoadField } from './load-field.ts';
import { type Choice, fixedCost, type Prices } from './objective.ts';
import { overlapsOf, scratchOf } from './overlap.ts';
import { costOf, pairModel } from './pairs.ts';
import { polish } from './polish.ts';
import { indexDraw } from './random.ts';
import type { Task } from './task.ts';

export interface SearchLimits {
  /** Most tasks that may leave today's time. */
  readonly budget: number;
  /** Per task: whether it may move at all. */
  readonly movable: readonly boolean[];
  /** Per task: least share of its own cost that a move must take away. */
  readonly leastGain: readonly number[];
}

/** What one task would do, all others staying where they are. */
export interface Response {
  /** Cheapest option, the nearest of equals. */
  readonly best: number;
  /** Cost of each option. */
  readonly costs: Float64Array;
  /** 1 where a coupling forbids the option now; `null` where none does. */
  readonly forbidden: Uint8Array | null;
}

/** What the search reckons with. */
export interface SearchWorld {
  readonly tasks: readonly Task[];
  readonly prices: Prices;
  readonly background: readonly number[];
  readonly couplings: Couplings;
  /** Brought to today's times; `null` where no limit can be reached. */
  readonly crowding: Crowding | null;
}

/** Answers asked for after the first descent: four times as many better the whole by 0.2 points at most (N = 50). */
const ANSWERS_PER_TASK = 3;
/** A few more where there are few tasks; one alone has nobody to answer to. */
const LEAST_ANSWERS = 300;
/**
 * Too many to be written out, few enough to be asked often: a tenth of a second, and as good as written out (0.1 to 1.2
 * points better than with the least answers in six of eight sets of twenty).
 */
const MOST_OFTEN_ASKED = 30;
const ANSWERS_PER_TASK_ASKED_OFTEN = 200;
/** Neighbours asked after a kick, and strangers who may take the budget it frees. */
const ASKED_AFTER_KICK = 4;
const STRANGERS_ASKED = 1;
/** Ticks within two hours of each other are neighbours: lateness smears each over about so much. */
const NEIGHBOUR_MINUTES = 120;
const LOOKS_FOR_NEIGHBOURS = 24;
/** Share of kicks that send a moved task home, which frees budget for another. */
const HOME_SHARE = 0.3;
/** One gone home may make another's gain enough, or too small; so many looks settle it. */
const PRUNE_PASSES = 5;
/** A kick goes to one of so many cheapest times: elsewhere nothing good comes of it. */
const PROMISING_OPTIONS = 40;
const PASSES = 3;
/** Writing the objective out takes the square of the options: a tenth of a second for ten schedules. */
const MOST_POLISHED = 10;
const MOST_POLISHED_OPTIONS = 1500;
/** A change smaller than this is rounding, not gain. */
export const ROUNDING = 1e-9;

/**
 * Assignment of options to tasks, and the local search that betters it: best response with the largest gain
 * first, then kicks that are kept only where the whole comes out cheaper (iterated local search; Lourenço,
 * Martin, Stützle 2003).
 */
export class Search {
  readonly choice: Choice;
  readonly #tasks: readonly Task[];
  readonly #prices: Prices;
  readonly #limits: SearchLimits;
  readonly #background: readonly number[];
  readonly #field: LoadField;
  readonly #couplings: Couplings;
  readonly #crowding: Crowding | null;
  readonly #fixed: readonly Float64Array[];
  readonly #scratch = scratchOf();
  #movable: readonly number[];
  #moved = 0;
  #answers = 0;
  /** Names the present choice; `#lastState` the newest name. What was answered in one state holds whenever it comes back. */
  #state = 0;
  #lastState = 0;
  readonly #known: { readonly state: number; readonly response: Response }[] = [];

  constructor({ tasks, prices, background, couplings, crowding }: SearchWorld, limits: SearchLimits) {
    this.choice = new Int32Array(tasks.length);
    this.#tasks = tasks;
    this.#prices = prices;
    this.#limits = limits;
    this.#background = background;
    this.#couplings = couplings;
    this.#crowding = crowding;
    this.#field = new LoadField(tasks, background);
    for (const task of tasks) this.#field.place(task, 0, 1);
    this.#fixed = tasks.map((task) => task.wait.map((_, at) => fixedCost(task, at, prices)));
    this.#movable = tasks.map((_, at) => at).filter((at) => limits.movable[at] === true);
  }

  /** Tasks that have left today's time. */
  get moved(): number {
    return this.#moved;
  }

  /** What task `at` would do now. */
  respond(at: number): Response {
    this.#answers += 1;
    const known = this.#known[at];
    if (known?.state === this.#state) return known.response;
    const response = this.#respond(at);
    this.#known[at] = { state: this.#state, response };
    return response;
  }

  #respond(at: number): Response {
    const task = itemAt(this.#tasks, at);
    const fixed = itemAt(this.#fixed, at);
    const present = numberAt(this.choice, at);
    const costs = this.#field.without(task, numberAt(task.shifts, present), () =>
      overlapsOf(task, this.#field, this.#scratch),
    );
    const crowded = this.#crowding?.costs(at, present) ?? null;
    const forbidden = this.#forbidden(at);
    for (let option = 0; option < costs.length; option += 1) {
      let cost = this.#prices.overlap * numberAt(costs, option) + numberAt(fixed, option);
      if (crowded !== null) cost += this.#prices.crowding * numberAt(crowded, option);
      costs[option] = cost;
    }
    let best = forbidden?.[0] === 1 ? present : 0;
    for (let option = 0; option < costs.length; option += 1) {
      if (forbidden?.[option] === 1) continue;
      if (numberAt(costs, option) < numberAt(costs, best) - ROUNDING) best = option;
    }
    return { best, costs, forbidden };
  }

  #forbidden(at: number): Uint8Array | null {
    if (!this.#couplings.has(at)) return null;
    return Uint8Array.from(itemAt(this.#tasks, at).options, (_, option) =>
      this.#couplings.allows(at, option, this.choice) ? 0 : 1,
    );
  }

  /** Share of its own cost at today's time that a task saves at an option. */
  static gain({ costs }: Response, option: number): number {
    const today = numberAt(costs, 0);
    return today <= ROUNDING ? 0 : (today - numberAt(costs, option)) / today;
  }

  #assign(at: number, option: number): void {
    const task = itemAt(this.#tasks, at);
    const from = numberAt(this.choice, at);
    if (from === option) return;
    this.#field.place(task, numberAt(task.shifts, from), -1);
    this.#field.place(task, numberAt(task.shifts, option), 1);
    this.#crowding?.move(at, from, option);
    this.#moved += (from === 0 ? 1 : 0) - (option === 0 ? 1 : 0);
    this.choice[at] = option;
    this.#lastState += 1;
    this.#state = this.#lastState;
  }

  /** Lets a task answer the others; returns what the whole saves. */
  #improve(at: number): number {
    const response = this.respond(at);
    const from = numberAt(this.choice, at);
    const saved = numberAt(response.costs, from) - numberAt(response.costs, response.best);
    if (saved <= ROUNDING) return 0;
    if (from === 0) {
      if (this.#moved >= this.#limits.budget) return 0;
      if (Search.gain(response, response.best) < itemAt(this.#limits.leastGain, at)) return 0;
    }
    this.#assign(at, response.best);
    return saved;
  }

  /** Moves, the largest saving first, while the budget lasts; savings are looked at again before they are taken. */
  #fill(): void {
    if (this.#moved >= this.#limits.budget) return;
    const savings = new LargestFirst();
    for (const at of this.#movable) {
      const saving = this.choice[at] === 0 ? this.#saving(at) : 0;
      if (saving > ROUNDING) savings.put(at, saving);
    }
    while (this.#moved < this.#limits.budget && savings.size > 0) {
      const at = savings.take();
      const saving = this.#saving(at);
      if (saving >= savings.top) this.#improve(at);
      else if (saving > ROUNDING) savings.put(at, saving);
    }
  }

  /** Coupled schedules that none can leave alone go together, all by the same minutes, where that saves something. */
  #moveBlocks(): void {
    const seen = new Set<number>();
    for (const at of this.#movable) {
      if (seen.has(at) || !this.#couplings.has(at)) continue;
      const block = this.#couplings.block(at);
      for (const member of block) seen.add(member);
      this.#moveBlock(block);
    }
  }

  #moveBlock(block: readonly number[]): void {
    if (block.some((at) => this.choice[at] !== 0 || this.#limits.movable[at] !== true)) return;
    if (this.#moved + block.length > this.#limits.budget) return;
    const sums = new Map<number, { cost: number; options: number[] }>();
    let [today, least] = [0, 0];
    for (const at of block) {
      const { costs } = this.respond(at);
      today += numberAt(costs, 0);
      least = Math.max(least, itemAt(this.#limits.leastGain, at));
      itemAt(this.#tasks, at).shifts.forEach((shift, option) => {
        const sum = sums.get(shift) ?? { cost: 0, options: [] };
        sum.cost += numberAt(costs, option);
        sum.options.push(option);
        sums.set(shift, sum);
      });
    }
    const together = [...sums.values()].filter(({ options }) => options.length === block.length);
    together.sort((a, b) => a.cost - b.cost);
    for (const { cost, options } of together) {
      if (today - cost <= Math.max(ROUNDING, least * today)) return;
      block.forEach((at, place) => {
        this.#assign(at, itemAt(options, place));
      });
      if (block.every((at) => this.#couplings.allows(at, numberAt(this.choice, at), this.choice))) return;
      for (const at of block) this.#assign(at, 0);
    }
  }

  /** What the whole would save if this task left today's time; 0 where it may not or gains too little. */
  #saving(at: number): number {
    const response = this.respond(at);
    if (Search.gain(response, response.best) < itemAt(this.#limits.leastGain, at)) return 0;
    return numberAt(response.costs, 0) - numberAt(response.costs, response.best);
  }

  /** Best response of all moved tasks, until none improves. */
  #settleMoved(passes: number): void {
    for (let pass = 0; pass < passes; pass += 1) {
      let saved = 0;
      for (const at of this.#movable) if (this.choice[at] !== 0) saved += this.#improve(at);
      if (saved <= ROUNDING) return;
    }
  }

  /** Tasks to ask after task `kicked` went from one time to another: near either of them, and a few from anywhere. */
  #asked(kicked: number, from: number, to: number, random: () => number): number[] {
    const any = (): number => itemAt(this.#movable, indexDraw(random, this.#movable.length));
    if (this.#movable.length <= ASKED_AFTER_KICK) return this.#movable.filter((at) => at !== kicked);
    const places = [this.#minuteOfDay(kicked, from), this.#minuteOfDay(kicked, to)];
    const asked = new Set<number>();
    for (let look = 0; look < LOOKS_FOR_NEIGHBOURS && asked.size < ASKED_AFTER_KICK; look += 1) {
      const at = any();
      const minute = this.#minuteOfDay(at, numberAt(this.choice, at));
      if (at !== kicked && places.some((place) => apartOnDay(place, minute) <= NEIGHBOUR_MINUTES))
        asked.add(at);
    }
    for (let more = 0; more < STRANGERS_ASKED; more += 1) asked.add(any());
    asked.delete(kicked);
    return [...asked];
  }

  #minuteOfDay(at: number, option: number): number {
    const task = itemAt(this.#tasks, at);
    const minute = (task.ticks.patterns[0]?.minutes[0] ?? 0) + numberAt(task.shifts, option);
    return ((minute % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
  }

  /** Puts one task elsewhere, lets those it meets there and has left answer, and takes all back unless the whole is cheaper. */
  #kick(random: () => number): void {
    const kicked = itemAt(this.#movable, indexDraw(random, this.#movable.length));
    const from = numberAt(this.choice, kicked);
    const state = this.#state;
    const undo: [number, number][] = [];
    let saved = 0;
    if (from === 0 && this.#moved >= this.#limits.budget) {
      const swapped = this.#sendAnyHome(random);
      if (swapped === null) return;
      saved = swapped.saved;
      undo.push([swapped.at, swapped.from]);
    }
    const takeBack = (): void => {
      for (const [at, before] of undo.reverse()) this.#assign(at, before);
      this.#state = state;
    };
    const response = this.respond(kicked);
    const option = from !== 0 && random() < HOME_SHARE ? 0 : promising(response, from, random);
    const gains = from !== 0 || Search.gain(response, option) >= itemAt(this.#limits.leastGain, kicked);
    if (option === from || response.forbidden?.[option] === 1 || !gains) {
      takeBack();
      return;
    }
    saved += numberAt(response.costs, from) - numberAt(response.costs, option);
    undo.push([kicked, from]);
    this.#assign(kicked, option);
    const improve = (at: number): void => {
      const before = numberAt(this.choice, at);
      saved += this.#improve(at);
      if (this.choice[at] !== before) undo.push([at, before]);
    };
    for (const at of this.#asked(kicked, from, option, random)) improve(at);
    if (undo.length > 1) improve(kicked);
    if (saved <= ROUNDING) takeBack();
  }

  /** Sends one of the moved home, so that another may move; `null` where a coupling holds the one that was drawn. */
  #sendAnyHome(
    random: () => number,
  ): { readonly at: number; readonly from: number; readonly saved: number } | null {
    const moved = this.#movable.filter((at) => this.choice[at] !== 0);
    const at = moved[indexDraw(random, moved.length)];
    if (at === undefined) return null;
    const { costs, forbidden } = this.respond(at);
    if (forbidden?.[0] === 1) return null;
    const from = numberAt(this.choice, at);
    this.#assign(at, 0);
    return { at, from, saved: numberAt(costs, from) - numberAt(costs, 0) };
  }

  /** A few schedules are searched once more on the objective written out, where an answer costs next to nothing. */
  #polish(random: () => number): void {
    const tasks = this.#tasks;
    const choices = tasks.reduce(
      (sum, task, at) => sum + (this.#limits.movable[at] === true ? task.options.length : 0),
      0,
    );
    if (tasks.length > MOST_POLISHED || choices > MOST_POLISHED_OPTIONS) return;
    const model = pairModel(
      tasks,
      this.#limits.movable,
      this.#prices,
      this.#background,
      this.#couplings,
      this.#limits.budget,
    );
    const found = this.choice.slice();
    // What too few runners cost is no sum over pairs: it is left out of the model, and then asked for.
    const cost = (): number =>
      costOf(model, this.choice) +
      (this.#crowding === null ? 0 : this.#prices.crowding * this.#crowding.total(this.choice));
    const before = cost();
    this.#assignAll(polish(model, found, this.#limits.leastGain, random));
    if (cost() > before + ROUNDING) this.#assignAll(found);
  }

  #isAskedOften(): boolean {
    return this.#movable.length > MOST_POLISHED && this.#movable.length <= MOST_OFTEN_ASKED;
  }

  #assignAll(choice: Choice): void {
    choice.forEach((option, at) => {
      this.#assign(at, option);
    });
  }

  /** Sends home whoever no longer gains enough, least useful first. */
  #prune(): void {
    for (let pass = 0; pass < PRUNE_PASSES; pass += 1) {
      const poor = this.#movable
        .filter((at) => this.choice[at] !== 0)
        .map((at) => ({ at, gain: this.#presentGain(at) }))
        .filter(({ at, gain }) => gain < itemAt(this.#limits.leastGain, at) - ROUNDING)
        .sort((a, b) => a.gain - b.gain || a.at - b.at);
      if (poor.length === 0) return;
      for (const { at } of poor) {
        const least = itemAt(this.#limits.leastGain, at) - ROUNDING;
        if (pass === PRUNE_PASSES - 1 || this.#presentGain(at) < least) this.#sendHome(at);
      }
    }
  }

  #presentGain(at: number): number {
    return Search.gain(this.respond(at), numberAt(this.choice, at));
  }

  /** Takes one back to today's time, and with it those who may be where they are only beside it. */
  #sendHome(at: number): void {
    this.#assign(at, 0);
    for (;;) {
      const left = this.#couplings.unsuited(this.choice);
      if (left.length === 0) return;
      for (const other of left) this.#assign(other, 0);
    }
  }

  /** Searches; afterwards `choice` holds the plan. */
  run(random: () => number): void {
    if (this.#movable.length === 0 || this.#limits.budget === 0) return;
    this.#moveBlocks();
    this.#fill();
    this.#settleMoved(PASSES);
    const count = this.#movable.length;
    if (count === 1) return;
    const perTask = this.#isAskedOften() ? ANSWERS_PER_TASK_ASKED_OFTEN : ANSWERS_PER_TASK;
    const enough = this.#answers + Math.max(LEAST_ANSWERS, perTask * count);
    // A kick that finds nobody to kick asks nothing: rounds are bounded too, so that this always ends.
    for (let round = 0; round < enough && this.#answers < enough; round += 1) this.#kick(random);
    this.#settleMoved(PASSES);
    this.#polish(random);
    this.#prune();
    this.#fill();
  }

  /** Sends tasks home for good; with `refill`, others may have their place in the budget. */
  dismiss(tasks: readonly number[], refill: boolean): void {
    for (const at of tasks) this.#sendHome(at);
    const gone = new Set(tasks);
    this.#movable = this.#movable.filter((at) => !gone.has(at));
    if (refill) this.#fill();
    this.#prune();
  }

  /** Puts one task at another option, outside of the search: one that `respond` does not forbid. */
  force(at: number, option: number): void {
    this.#assign(at, option);
  }
}

/** One of the cheapest options other than the present one. */
function promising({ costs }: Response, present: number, random: () => number): number {
  const threshold = numberAt(costs.toSorted(), Math.min(PROMISING_OPTIONS, costs.length - 1));
  const cheap: number[] = [];
  for (let option = 0; option < costs.length; option += 1) {
    if (option !== present && numberAt(costs, option) <= threshold) cheap.push(option);
  }
  return cheap[indexDraw(random, cheap.length)] ?? present;
}

/** Minutes between two minutes of the day, round midnight. */
function apartOnDay(a: number, b: number): number {
  const apart = Math.abs(a - b);
  return Math.min(apart, DAY_MINUTES - apart);
}
