import { itemAt, numberAt } from '../checked.ts';
import { DAY_MINUTES } from '../time.ts';
import { Assignment, type Change, gainOf, type Response, type SearchWorld } from './assignment.ts';
import type { CouplingKind } from './couplings.ts';
import { LargestFirst } from './heap.ts';
import { type Choice, ROUNDING } from './objective.ts';
import { costOf, pairModel } from './pairs.ts';
import { polish } from './polish.ts';
import { indexDraw } from './random.ts';

export interface SearchLimits {
  /** Most tasks that may leave their current time. */
  readonly budget: number;
  /** Per task: whether it may move at all. */
  readonly movable: readonly boolean[];
  /** Per task: least share of its own cost that a move must save. */
  readonly leastGain: readonly number[];
}

/** Evaluations after the first descent: four times as many improve the total by 0.2 points at most (N = 50). */
const EVALUATIONS_PER_TASK = 3;
/** A few more where there are few tasks. */
const LEAST_EVALUATIONS = 300;
/**
 * Too many tasks for the pair model, few enough for many evaluations: a tenth of a second, and as good as the pair
 * model (0.1 to 1.2 points better than with the least evaluations in six of eight sets of twenty).
 */
const MOST_THOROUGHLY_SEARCHED = 30;
const EVALUATIONS_PER_TASK_THOROUGH = 200;
/** Tasks near a kicked one that are revisited, and tasks from anywhere that may use the budget which it frees. */
const REVISITED_NEIGHBOURS = 4;
const REVISITED_OTHERS = 1;
/** Ticks within two hours of each other are neighbours: lateness spreads each over about so much. */
const NEIGHBOUR_MINUTES = 120;
const DRAWS_FOR_NEIGHBOURS = 24;
/** Share of kicks that revert a moved task to its current time, which frees budget for another. */
const REVERT_SHARE = 0.3;
/** One reverted task may make another's gain enough, or too small; so many passes are enough. */
const PRUNE_PASSES = 5;
/** A kick goes to one of so many cheapest options: others hardly ever lead to a better plan. */
const PROMISING_OPTIONS = 40;
const DESCENT_PASSES = 3;
/** The size of the pair model grows with the square of the options: a tenth of a second for ten schedules. */
const MOST_POLISHED = 10;
const MOST_POLISHED_OPTIONS = 1500;

/**
 * Local search for a better assignment of options to tasks: best response with the largest gain first, then kicks
 * that are kept only where the total cost falls (iterated local search; Lourenço, Martin, Stützle 2003).
 */
export class Search {
  readonly #world: SearchWorld;
  readonly #limits: SearchLimits;
  readonly #assignment: Assignment;
  #movable: readonly number[];

  constructor(world: SearchWorld, limits: SearchLimits) {
    this.#world = world;
    this.#limits = limits;
    this.#assignment = new Assignment(world);
    this.#movable = world.tasks.map((_, at) => at).filter((at) => limits.movable[at] === true);
  }

  /** The chosen option of each task. */
  get choice(): Choice {
    return this.#assignment.choice;
  }

  /** Costs of a task's options now. */
  bestResponse(at: number): Response {
    return this.#assignment.bestResponse(at);
  }

  /** The kind of coupling that a task would break at an option now; `null` for none. */
  brokenCoupling(at: number, option: number): CouplingKind | null {
    return this.#world.couplings.broken(at, option, this.choice);
  }

  /** Puts a task at an option that its response does not forbid. */
  assign(at: number, option: number): void {
    this.#assignment.assign(at, option);
  }

  /** Searches; afterwards `choice` holds the plan. */
  run(random: () => number): void {
    const count = this.#movable.length;
    if (count === 0 || this.#limits.budget === 0) return;
    this.#moveBlocks();
    this.#fillBudget();
    this.#descend();
    if (count === 1) return;
    const perTask = this.#isThorough() ? EVALUATIONS_PER_TASK_THOROUGH : EVALUATIONS_PER_TASK;
    const most = this.#assignment.evaluations + Math.max(LEAST_EVALUATIONS, perTask * count);
    // A kick that finds no task evaluates nothing: the rounds are bounded too, so that this always ends.
    for (let round = 0; round < most && this.#assignment.evaluations < most; round += 1) this.#kick(random);
    this.#descend();
    this.#polish(random);
    this.#prune();
    this.#fillBudget();
  }

  /** Searches without kicks: each task's best answer, the largest saving first. */
  runBriefly(): void {
    if (this.#movable.length === 0 || this.#limits.budget === 0) return;
    this.#moveBlocks();
    this.#fillBudget();
    this.#descend();
    this.#prune();
  }

  /** Reverts tasks to their current times for good; with `refill`, others may use the budget that this frees. */
  revertToCurrent(tasks: readonly number[], refill: boolean): void {
    for (const at of tasks) this.#revert(at);
    const reverted = new Set(tasks);
    this.#movable = this.#movable.filter((at) => !reverted.has(at));
    if (refill) this.#fillBudget();
    this.#prune();
  }

  /** Moves a task to its best response where the limits allow it; returns how much that saves in total. */
  #improve(at: number): number {
    const response = this.bestResponse(at);
    const from = numberAt(this.choice, at);
    const saved = numberAt(response.costs, from) - numberAt(response.costs, response.best);
    if (saved <= ROUNDING) return 0;
    if (from === 0 && (this.#isBudgetSpent() || !this.#gainsEnough(at, response, response.best))) return 0;
    this.assign(at, response.best);
    return saved;
  }

  #isBudgetSpent(): boolean {
    return this.#assignment.moved >= this.#limits.budget;
  }

  #leastGain(at: number): number {
    return itemAt(this.#limits.leastGain, at);
  }

  #gainsEnough(at: number, response: Response, option: number): boolean {
    return gainOf(response, option) >= this.#leastGain(at);
  }

  /** Moves tasks, the largest saving first, while there is budget; a saving is computed again before the move. */
  #fillBudget(): void {
    if (this.#isBudgetSpent()) return;
    const savings = new LargestFirst();
    for (const at of this.#movable) {
      const saving = this.choice[at] === 0 ? this.#savingOfMove(at) : 0;
      if (saving > ROUNDING) savings.put(at, saving);
    }
    while (!this.#isBudgetSpent() && savings.size > 0) {
      const at = savings.take();
      const saving = this.#savingOfMove(at);
      if (saving >= savings.top) this.#improve(at);
      else if (saving > ROUNDING) savings.put(at, saving);
    }
  }

  /** How much a move of this task from its current time saves in total; 0 where it gains too little. */
  #savingOfMove(at: number): number {
    const response = this.bestResponse(at);
    if (!this.#gainsEnough(at, response, response.best)) return 0;
    return numberAt(response.costs, 0) - numberAt(response.costs, response.best);
  }

  /** Lets all moved tasks respond to each other until none improves. */
  #descend(): void {
    for (let pass = 0; pass < DESCENT_PASSES; pass += 1) {
      let saved = 0;
      for (const at of this.#movable) if (this.choice[at] !== 0) saved += this.#improve(at);
      if (saved <= ROUNDING) return;
    }
  }

  /** Moves coupled tasks together where none of them could move alone. */
  #moveBlocks(): void {
    const seen = new Set<number>();
    for (const at of this.#movable) {
      if (seen.has(at) || !this.#world.couplings.has(at)) continue;
      const block = this.#world.couplings.block(at);
      for (const member of block) seen.add(member);
      this.#moveBlock(block);
    }
  }

  /** Shifts all tasks of a block alike: the cheapest shift that saves enough and that all couplings allow. */
  #moveBlock(block: readonly number[]): void {
    if (block.some((at) => this.choice[at] !== 0 || this.#limits.movable[at] !== true)) return;
    if (this.#assignment.moved + block.length > this.#limits.budget) return;
    const { current, shifts } = this.#commonShifts(block);
    const leastGain = block.reduce((least, at) => Math.max(least, this.#leastGain(at)), 0);
    for (const { cost, options } of shifts) {
      if (current - cost <= Math.max(ROUNDING, leastGain * current)) return;
      block.forEach((at, place) => {
        this.assign(at, itemAt(options, place));
      });
      if (this.#assignment.unsuited().length === 0) return;
      for (const at of block) this.assign(at, 0);
    }
  }

  /** The shifts that every task of a block has an option for, the cheapest first, and what the block costs now. */
  #commonShifts(block: readonly number[]): {
    readonly current: number;
    readonly shifts: readonly { readonly cost: number; readonly options: readonly number[] }[];
  } {
    const sums = new Map<number, { cost: number; options: number[] }>();
    let current = 0;
    for (const at of block) {
      const { costs } = this.bestResponse(at);
      current += numberAt(costs, 0);
      itemAt(this.#world.tasks, at).shifts.forEach((shift, option) => {
        const sum = sums.get(shift) ?? { cost: 0, options: [] };
        sum.cost += numberAt(costs, option);
        sum.options.push(option);
        sums.set(shift, sum);
      });
    }
    const common = [...sums.values()].filter(({ options }) => options.length === block.length);
    return { current, shifts: common.sort((a, b) => a.cost - b.cost) };
  }

  /** Moves a random task, lets those affected respond, and undoes all of it unless the total cost falls. */
  #kick(random: () => number): void {
    this.#assignment.attempt((changes) => this.#kickedSaving(random, changes));
  }

  /** Makes the changes of one kick; returns how much they save in total, 0 where the kick is not allowed. */
  #kickedSaving(random: () => number, changes: readonly Change[]): number {
    const kicked = this.#randomTask(random);
    const from = numberAt(this.choice, kicked);
    const freed = from === 0 && this.#isBudgetSpent() ? this.#revertRandomTask(random) : 0;
    if (freed === null) return 0;
    const response = this.bestResponse(kicked);
    const to = this.#kickTarget(kicked, response, random);
    if (to === from) return 0;
    let saved = freed + (numberAt(response.costs, from) - numberAt(response.costs, to));
    this.assign(kicked, to);
    for (const at of this.#tasksToRevisit(kicked, from, to, random)) saved += this.#improve(at);
    if (changes.length > 1) saved += this.#improve(kicked);
    return saved;
  }

  #randomTask(random: () => number): number {
    return itemAt(this.#movable, indexDraw(random, this.#movable.length));
  }

  /** Reverts a random moved task to free its budget; returns what that saves, or `null` where it may not go back. */
  #revertRandomTask(random: () => number): number | null {
    const moved = this.#movable.filter((at) => this.choice[at] !== 0);
    const at = moved[indexDraw(random, moved.length)];
    if (at === undefined) return null;
    const { costs, forbidden } = this.bestResponse(at);
    if (forbidden?.[0] === 1) return null;
    const from = numberAt(this.choice, at);
    this.assign(at, 0);
    return numberAt(costs, from) - numberAt(costs, 0);
  }

  /** Where a kick puts a task; where it is now if the drawn option is forbidden or gains too little. */
  #kickTarget(at: number, response: Response, random: () => number): number {
    const from = numberAt(this.choice, at);
    const to = from !== 0 && random() < REVERT_SHARE ? 0 : promisingOption(response, from, random);
    const isAllowed = response.forbidden?.[to] !== 1 && (from !== 0 || this.#gainsEnough(at, response, to));
    return isAllowed ? to : from;
  }

  /** Tasks to revisit after one was kicked to another option: some near either option, some from anywhere. */
  #tasksToRevisit(kicked: number, from: number, to: number, random: () => number): readonly number[] {
    if (this.#movable.length <= REVISITED_NEIGHBOURS) return this.#movable.filter((at) => at !== kicked);
    const minutes = [this.#minuteOfDay(kicked, from), this.#minuteOfDay(kicked, to)];
    const revisited = new Set<number>();
    for (let draw = 0; draw < DRAWS_FOR_NEIGHBOURS && revisited.size < REVISITED_NEIGHBOURS; draw += 1) {
      const at = this.#randomTask(random);
      const own = this.#minuteOfDay(at, numberAt(this.choice, at));
      const isNear = minutes.some((minute) => minutesApart(minute, own) <= NEIGHBOUR_MINUTES);
      if (at !== kicked && isNear) revisited.add(at);
    }
    for (let other = 0; other < REVISITED_OTHERS; other += 1) revisited.add(this.#randomTask(random));
    revisited.delete(kicked);
    return [...revisited];
  }

  /** Minute of the UTC day at which a task's first tick comes at an option. */
  #minuteOfDay(at: number, option: number): number {
    const task = itemAt(this.#world.tasks, at);
    const minute = (task.ticks.patterns[0]?.minutes[0] ?? 0) + numberAt(task.shifts, option);
    return ((minute % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
  }

  #isThorough(): boolean {
    return this.#movable.length > MOST_POLISHED && this.#movable.length <= MOST_THOROUGHLY_SEARCHED;
  }

  /** Searches a few schedules once more on the pair model, where an evaluation is a look into a table. */
  #polish(random: () => number): void {
    const { tasks, termWeights, background, couplings, crowding } = this.#world;
    const { movable, budget, leastGain } = this.#limits;
    const options = tasks.reduce(
      (sum, task, at) => sum + (movable[at] === true ? task.options.length : 0),
      0,
    );
    if (tasks.length > MOST_POLISHED || options > MOST_POLISHED_OPTIONS) return;
    const model = pairModel(tasks, movable, termWeights, background, couplings, budget);
    const found = this.choice.slice();
    // The cost of too few runners is no sum over pairs: the model leaves it out, and it is added here.
    const cost = (): number =>
      costOf(model, this.choice) +
      (crowding === null ? 0 : termWeights.crowding * crowding.total(this.choice));
    const before = cost();
    this.#assignment.assignAll(polish(model, found, leastGain, random));
    // The model knows nothing of full minutes: they are no sum over pairs either.
    this.#revertUnsuited();
    if (cost() > before + ROUNDING) this.#assignment.assignAll(found);
  }

  /** Reverts the moves that no longer gain enough, the smallest gain first. */
  #prune(): void {
    for (let pass = 1; pass <= PRUNE_PASSES; pass += 1) {
      const poor = this.#movable
        .filter((at) => this.choice[at] !== 0)
        .map((at) => ({ at, gain: this.#presentGain(at) }))
        .filter(({ at, gain }) => this.#isTooSmall(at, gain))
        .sort((a, b) => a.gain - b.gain || a.at - b.at);
      if (poor.length === 0) return;
      for (const { at } of poor) {
        if (pass === PRUNE_PASSES || this.#isTooSmall(at, this.#presentGain(at))) this.#revert(at);
      }
    }
  }

  #isTooSmall(at: number, gain: number): boolean {
    return gain < this.#leastGain(at) - ROUNDING;
  }

  #presentGain(at: number): number {
    return gainOf(this.bestResponse(at), numberAt(this.choice, at));
  }

  /** Reverts a task to its current time, and with it the tasks that may not be where they are without it. */
  #revert(at: number): void {
    this.assign(at, 0);
    this.#revertUnsuited();
  }

  #revertUnsuited(): void {
    for (;;) {
      const unsuited = this.#assignment.unsuited();
      if (unsuited.length === 0) return;
      for (const other of unsuited) this.assign(other, 0);
    }
  }
}

/** A random one of the cheapest options, never the present one unless there is no other. */
function promisingOption({ costs }: Response, present: number, random: () => number): number {
  const threshold = numberAt(costs.toSorted(), Math.min(PROMISING_OPTIONS, costs.length - 1));
  const cheap: number[] = [];
  for (let option = 0; option < costs.length; option += 1) {
    if (option !== present && numberAt(costs, option) <= threshold) cheap.push(option);
  }
  return cheap[indexDraw(random, cheap.length)] ?? present;
}

/** Minutes between two minutes of the day, round midnight. */
function minutesApart(a: number, b: number): number {
  const apart = Math.abs(a - b);
  return Math.min(apart, DAY_MINUTES - apart);
}
