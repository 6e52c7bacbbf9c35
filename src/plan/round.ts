import { itemAt, numberAt } from '../checked.ts';
import { DAY_MS } from '../time.ts';
import { type Budget, budgetOf } from './budget.ts';
import { confidenceOf } from './confidence.ts';
import { Couplings } from './couplings.ts';
import { Crowding } from './crowding.ts';
import type { Decision } from './decision.ts';
import { SLOT_EVIDENCE_RUNS } from './evidence.ts';
import { explore } from './explore.ts';
import { Futures } from './futures.ts';
import type { PlanInput, PlannedSchedule } from './input.ts';
import { LoadField } from './load-field.ts';
import {
  type Choice,
  fieldOf,
  type Prices,
  pricesOf,
  type RawTerms,
  rawTerms,
  shownTerms,
  totalCost,
} from './objective.ts';
import { seededRandom } from './random.ts';
import { ROUNDING, Search } from './search.ts';
import { type Task, TaskShop } from './task.ts';

/**
 * What was moved once must gain half as much again before it moves a second time: no to and fro. To ask for half of its
 * cost instead nearly halved the edits of half a year of drift, and left 84 % of a hash's overlap after three rounds, where
 * this leaves 54 %.
 */
const SECOND_MOVE_MARGIN = 1.5;
/** The unsure are replaced by others, who may be unsure too; after so many rounds nobody new is let in. */
const CONFIDENCE_ROUNDS = 3;
/** Keeps the draws of futures and those of the search apart (2³² over the golden ratio). */
const STREAM_STEP = 0x9e3779b9;

/** One planning round: the search is done when it is built; what it found is then asked for schedule by schedule. */
export class Round {
  readonly input: PlanInput;
  readonly propensity: number;
  readonly tasks: readonly Task[];
  readonly prices: Prices;
  readonly search: Search;
  /** Most schedules that may move. */
  readonly budget: Budget;
  /** Per task: least share of its own cost that a move must take away. */
  readonly leastGain: readonly number[];
  /** Per task: whether it may move at all. */
  readonly movable: readonly boolean[];
  /** Per task its cost today, before anything moved. */
  readonly costToday: readonly number[];
  /** Load at today's times, and at the planned ones. */
  readonly before: LoadField;
  readonly after: LoadField;
  /** Terms at today's times, and at the planned ones. */
  readonly today: RawTerms;
  readonly planned: RawTerms;
  readonly nothingMoved: Choice;
  /** Tasks held for want of confidence, and how sure their move was. */
  readonly unsure = new Map<number, number>();
  readonly #futures: Futures;
  /** How sure the moves of the plan are. */
  readonly #sure = new Map<number, number>();

  /** `sorted`: the schedules in the order of their keys. */
  constructor(sorted: readonly PlannedSchedule[], input: PlanInput, seed: number) {
    this.input = input;
    const { settings, background } = input;
    const shop = new TaskShop(input);
    this.tasks = sorted.map((schedule) => shop.taskOf(schedule));
    const { tasks } = this;
    this.nothingMoved = new Int32Array(tasks.length);
    const crowding = Crowding.of(tasks, input);
    const couplings = new Couplings(tasks);
    const empty = background.some((jobs) => jobs > 0) ? new LoadField(tasks, background) : null;
    empty?.settle();
    this.before = fieldOf(tasks, this.nothingMoved, background);
    const crowdedToday = crowding?.total(this.nothingMoved);
    this.today = rawTerms(tasks, this.nothingMoved, this.before, empty, crowdedToday);
    this.prices = pricesOf(tasks, this.today, settings.weights);
    this.leastGain = tasks.map(({ schedule, violation }) => {
      // A wish in writing that is not kept is reason enough.
      if (numberAt(violation, 0) > 0) return Math.min(0, settings.minGain);
      return settings.minGain * (schedule.movedAt === null ? 1 : SECOND_MOVE_MARGIN);
    });
    this.movable = tasks.map((task) => task.options.length > 1 && !this.rests(task.schedule));
    this.budget = budgetOf(tasks, this.movable, input);
    this.search = new Search(
      { tasks, prices: this.prices, background, couplings, crowding },
      { budget: this.budget.moves, movable: this.movable, leastGain: this.leastGain },
    );
    this.costToday = tasks.map((_, at) => numberAt(this.search.respond(at).costs, 0));
    const random = seededRandom(seed);
    this.#futures = new Futures(seededRandom(seed ^ STREAM_STEP));
    this.search.run(random);
    this.propensity = explore(this.search, this.leastGain, settings.exploration, random);
    this.after = this.#holdTheUnsure();
    const terms = (): RawTerms =>
      rawTerms(tasks, this.search.choice, this.after, empty, crowding?.total(this.search.choice));
    let planned = terms();
    // Pair by pair the search only betters the whole; what a limit on jobs costs is not made of pairs.
    if (totalCost(planned, this.prices) > totalCost(this.today, this.prices) + ROUNDING) {
      this.search.dismiss([...this.search.choice.keys()], false);
      this.after = fieldOf(tasks, this.search.choice, background);
      planned = terms();
    }
    this.planned = planned;
  }

  /** Sends home, round by round, the moves that are not sure enough; returns the field of those that stay. */
  #holdTheUnsure(): LoadField {
    const least = this.input.settings.minConfidence ?? 0;
    for (let round = 1; round <= CONFIDENCE_ROUNDS; round += 1) {
      const after = fieldOf(this.tasks, this.search.choice, this.input.background);
      if (least <= 0) return after;
      const unsure: number[] = [];
      this.#sure.clear();
      this.search.choice.forEach((option, at) => {
        if (option === 0) return;
        const cost = numberAt(this.search.respond(at).costs, option);
        const benefit = savedShare(cost, itemAt(this.costToday, at));
        const confidence = this.#confidenceAmong(after, at, option, benefit);
        if (confidence >= least) {
          this.#sure.set(at, confidence);
          return;
        }
        unsure.push(at);
        this.unsure.set(at, confidence);
      });
      if (unsure.length === 0) return after;
      this.search.dismiss(unsure, round < CONFIDENCE_ROUNDS);
    }
    this.#sure.clear();
    return fieldOf(this.tasks, this.search.choice, this.input.background);
  }

  /** Days since the schedule was moved. */
  daysSinceMove({ movedAt }: PlannedSchedule): number {
    return movedAt === null ? Number.POSITIVE_INFINITY : (this.input.now - movedAt) / DAY_MS;
  }

  /** Whether it was moved not long enough ago. */
  rests(schedule: PlannedSchedule): boolean {
    return this.daysSinceMove(schedule) < this.input.settings.dwellDays;
  }

  /** How sure it is that a move of one task to an option brings what is promised. */
  confidence(at: number, option: number, benefit: number): number {
    const known = option === this.search.choice[at] ? this.#sure.get(at) : undefined;
    return known ?? this.#confidenceAmong(this.after, at, option, benefit);
  }

  #confidenceAmong(after: LoadField, at: number, option: number, benefit: number): number {
    const task = itemAt(this.tasks, at);
    const { prices } = this;
    return this.without(at, after, () =>
      confidenceOf(
        {
          task,
          option,
          before: this.before,
          after,
          moveCost:
            prices.distance * numberAt(task.distance, option) +
            prices.early * numberAt(task.early, option) +
            prices.edit,
          benefit,
          slotEvidenceRuns: this.input.settings.slotEvidenceRuns ?? SLOT_EVIDENCE_RUNS,
        },
        prices,
        this.#futures,
      ),
    );
  }

  /** What `say` says while one task is taken out of both worlds, today's and the planned one. */
  without<T>(at: number, after: LoadField, say: () => T): T {
    const task = itemAt(this.tasks, at);
    const planned = numberAt(task.shifts, numberAt(this.search.choice, at));
    // A drawn future may stretch a run as far as it likes.
    const reach = Number.POSITIVE_INFINITY;
    return this.before.without(task, 0, () => after.without(task, planned, say, { reach }), { reach });
  }

  /** Terms, benefit and load of the whole repository. */
  whole(): Pick<Decision, 'benefit' | 'terms' | 'load'> {
    const costBefore = totalCost(this.today, this.prices);
    this.before.settle();
    this.after.settle();
    return {
      benefit: costBefore <= ROUNDING ? 0 : 1 - totalCost(this.planned, this.prices) / costBefore,
      terms: {
        before: shownTerms(this.tasks, this.today, this.today),
        after: shownTerms(this.tasks, this.today, this.planned),
      },
      load: { before: this.before.byHour(), after: this.after.byHour() },
    };
  }
}

/** Share of today's cost that another cost saves; 0 where today costs nothing. */
export function savedShare(cost: number, today: number): number {
  return today <= ROUNDING ? 0 : 1 - cost / today;
}
