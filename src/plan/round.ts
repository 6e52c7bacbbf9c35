import { itemAt, numberAt } from '../checked.ts';
import { DAY_MS } from '../time.ts';
import { SLOT_EVIDENCE_RUNS } from './belief.ts';
import { type Budget, budgetOf } from './budget.ts';
import { confidenceOf } from './confidence.ts';
import { Couplings } from './couplings.ts';
import { Crowding } from './crowding.ts';
import type { Decision } from './decision.ts';
import { explore } from './explore.ts';
import { type PlanInput, type PlannedSchedule, RUNNERS } from './input.ts';
import type { LoadField } from './load-field.ts';
import { isNoticeable, isNoticeableAlone, waitsAmongRuns } from './noticeable.ts';
import {
  backgroundField,
  type Choice,
  fieldOf,
  ownWeights,
  type RawTerms,
  ROUNDING,
  rawTerms,
  shownTerms,
  type TermWeights,
  takenByOthers,
  termWeightsOf,
  totalCost,
} from './objective.ts';
import { seededRandom } from './random.ts';
import { SampledFortnights } from './sampled-fortnights.ts';
import { scarceRunners } from './scarce-runners.ts';
import { Search } from './search.ts';
import { ConcurrencyEstimate } from './slot-forecast.ts';
import { isKnownHour, type Task, TaskFactory } from './task.ts';

/**
 * A schedule that was moved once must gain half as much again before it moves a second time, so that it does not go
 * to and fro. With half of its cost as the least gain instead, half a year of drift brought nearly half the edits, but
 * after three rounds 84 % of the overlap was left that minutes drawn by a hash have, against 54 % with this margin.
 */
const SECOND_MOVE_MARGIN = 1.5;
/** Moves that are not worth it are replaced by others, which may be no better; after so many rounds none is added. */
const REVIEW_ROUNDS = 3;
/** Keeps the draws of fortnights and those of the search apart (2³² over the golden ratio). */
const STREAM_STEP = 0x9e3779b9;

/** One planning round. The constructor runs the search; the methods answer what it found, schedule by schedule. */
export class Round {
  readonly input: PlanInput;
  /** Push and pull-request jobs that count as overlap: those on scarce runners. */
  readonly background: readonly number[];
  readonly propensity: number;
  readonly tasks: readonly Task[];
  readonly termWeights: TermWeights;
  readonly search: Search;
  /** Most schedules that may move. */
  readonly budget: Budget;
  /** Per task: least share of its own cost that a move must save. */
  readonly leastGain: readonly number[];
  /** Per task: whether it may move at all. */
  readonly movable: readonly boolean[];
  /** Per task its cost at the current times, before anything moved. */
  readonly costToday: readonly number[];
  /** Load at the current times, and at the planned ones. */
  readonly before: LoadField;
  readonly after: LoadField;
  /** Terms at the current times, and at the planned ones. */
  readonly today: RawTerms;
  readonly planned: RawTerms;
  readonly nothingMoved: Choice;
  /** Tasks held for low confidence, and the confidence of their moves. */
  readonly lowConfidence = new Map<number, number>();
  readonly #fortnights: SampledFortnights;
  /** Confidence of the moves that the plan makes. */
  readonly #confidence = new Map<number, number>();
  /** Per task: whether its jobs wait for others, so that fewer minutes beside them are a gain. */
  readonly #waitsToday: readonly boolean[];
  #besideToday: ConcurrencyEstimate | undefined;
  #besidePlanned: { readonly field: LoadField; readonly estimate: ConcurrencyEstimate } | undefined;

  /** `sorted`: the schedules in the order of their keys. */
  constructor(sorted: readonly PlannedSchedule[], input: PlanInput, seed: number) {
    this.input = input;
    const { settings } = input;
    this.background = scarceRunners(input).has(RUNNERS) ? input.background : input.background.map(() => 0);
    const { background } = this;
    const taskFactory = new TaskFactory(input);
    this.tasks = sorted.map((schedule) => taskFactory.taskOf(schedule));
    const { tasks } = this;
    this.nothingMoved = new Int32Array(tasks.length);
    const crowding = Crowding.of(tasks, input);
    const couplings = new Couplings(tasks);
    const empty = backgroundField(tasks, background);
    this.#waitsToday = tasks.map((task, at) => waitsAmongRuns(task, input, crowding?.costOf(at, 0) ?? 0));
    this.before = fieldOf(tasks, this.nothingMoved, background);
    const crowdingToday = crowding?.total(this.nothingMoved);
    this.today = rawTerms(tasks, this.nothingMoved, this.before, empty, crowdingToday);
    this.termWeights = termWeightsOf(tasks, this.today, settings.weights);
    this.leastGain = tasks.map((task) => leastGainOf(task, settings.minGain));
    this.movable = tasks.map((task) => task.options.length > 1 && !this.isDwelling(task.schedule));
    this.budget = budgetOf(tasks, this.movable, input);
    this.search = new Search(
      { tasks, termWeights: this.termWeights, background, couplings, crowding },
      { budget: this.budget.moves, movable: this.movable, leastGain: this.leastGain },
    );
    this.costToday = tasks.map((_, at) => numberAt(this.search.bestResponse(at).costs, 0));
    const random = seededRandom(seed);
    this.#fortnights = new SampledFortnights(seededRandom(seed ^ STREAM_STEP));
    this.search.run(random);
    this.propensity = explore(
      this.search,
      this.leastGain,
      settings.exploration,
      (at, option) => isKnownHour(itemAt(tasks, at), option) && this.#isAsNoticeable(at, option),
      random,
    );
    this.after = this.#revertUnworthy();
    const terms = (): RawTerms =>
      rawTerms(tasks, this.search.choice, this.after, empty, crowding?.total(this.search.choice));
    let planned = terms();
    // The search improves the total pair by pair; the cost of a limit on jobs is no sum over pairs and may have risen.
    if (totalCost(planned, this.termWeights) > totalCost(this.today, this.termWeights) + ROUNDING) {
      this.search.revertToCurrent([...this.search.choice.keys()], false);
      this.after = fieldOf(tasks, this.search.choice, background);
      planned = terms();
    }
    this.planned = planned;
  }

  /** Whether a drawn option is as good a reason for a pull request as the best one is. */
  #isAsNoticeable(at: number, option: number): boolean {
    const task = itemAt(this.tasks, at);
    return (
      this.input.settings.onlyNoticeable !== true ||
      isNoticeableAlone(task, option) ||
      !isNoticeableAlone(task, numberAt(this.search.choice, at))
    );
  }

  /** Reverts, in rounds, the moves nobody would notice or that are not sure; returns the field of the rest. */
  #revertUnworthy(): LoadField {
    const least = this.input.settings.minConfidence ?? 0;
    for (let round = 1; round <= REVIEW_ROUNDS; round += 1) {
      const after = fieldOf(this.tasks, this.search.choice, this.background);
      const reverted = [...this.#unnoticed(after), ...(least <= 0 ? [] : this.#judgeMoves(after, least))];
      if (reverted.length === 0) return after;
      this.search.revertToCurrent([...new Set(reverted)], round < REVIEW_ROUNDS);
    }
    this.#confidence.clear();
    return fieldOf(this.tasks, this.search.choice, this.background);
  }

  /** Tasks whose moves bring nothing that people notice. */
  #unnoticed(after: LoadField): readonly number[] {
    return [...this.search.choice.keys()].filter((at) => {
      const option = numberAt(this.search.choice, at);
      return option !== 0 && !this.isNoticeable(at, option, after);
    });
  }

  /** Whether a move of one task, among the others as planned in `after`, brings something that people notice. */
  isNoticeable(at: number, option: number, after = this.after): boolean {
    const task = itemAt(this.tasks, at);
    if (this.input.settings.onlyNoticeable !== true || isNoticeableAlone(task, option)) return true;
    const beside = !itemAt(this.#waitsToday, at)
      ? 0
      : this.besideToday.minutesShared(at, 0) - this.#besideIn(after).minutesShared(at, option);
    const elsewhere = (takenByOthers(task, 0) - takenByOthers(task, option)) / task.jobs;
    return isNoticeable(task, option, { beside, elsewhere });
  }

  /** How long runs overlap with others at the current times. */
  get besideToday(): ConcurrencyEstimate {
    this.#besideToday ??= new ConcurrencyEstimate(this.tasks, this.nothingMoved, this.input.background);
    return this.#besideToday;
  }

  /** The same as the search has it now, which `field` holds. */
  #besideIn(field: LoadField): ConcurrencyEstimate {
    if (this.#besidePlanned?.field !== field) {
      const estimate = new ConcurrencyEstimate(this.tasks, this.search.choice, this.input.background);
      this.#besidePlanned = { field, estimate };
    }
    return this.#besidePlanned.estimate;
  }

  /** How long they overlap at the planned times. */
  get besidePlanned(): ConcurrencyEstimate {
    return this.#besideIn(this.after);
  }

  /** Notes the confidence of every move of the plan; returns the tasks whose moves are below `least`. */
  #judgeMoves(after: LoadField, least: number): readonly number[] {
    const reverted: number[] = [];
    this.#confidence.clear();
    this.search.choice.forEach((option, at) => {
      if (option === 0) return;
      const cost = numberAt(this.search.bestResponse(at).costs, option);
      const benefit = savedShare(cost, itemAt(this.costToday, at));
      const confidence = this.#confidenceAmong(after, at, option, benefit);
      (confidence >= least ? this.#confidence : this.lowConfidence).set(at, confidence);
      if (confidence < least) reverted.push(at);
    });
    return reverted;
  }

  daysSinceMove({ movedAt }: PlannedSchedule): number {
    return movedAt === null ? Number.POSITIVE_INFINITY : (this.input.now - movedAt) / DAY_MS;
  }

  /** Whether it was moved less than the dwell ago, so that it has to stay. */
  isDwelling(schedule: PlannedSchedule): boolean {
    return this.daysSinceMove(schedule) < this.input.settings.dwellDays;
  }

  /** Probability that a move of one task to an option brings the gain that the plan says. */
  confidence(at: number, option: number, benefit: number): number {
    const known = option === this.search.choice[at] ? this.#confidence.get(at) : undefined;
    return known ?? this.#confidenceAmong(this.after, at, option, benefit);
  }

  #confidenceAmong(after: LoadField, at: number, option: number, benefit: number): number {
    const task = itemAt(this.tasks, at);
    const { before } = this;
    const termWeights = ownWeights(this.termWeights, task);
    const moveCost =
      termWeights.distance * numberAt(task.distance, option) +
      termWeights.early * numberAt(task.early, option) +
      termWeights.edit;
    const slotEvidenceRuns = this.input.settings.slotEvidenceRuns ?? SLOT_EVIDENCE_RUNS;
    const fit = this.input.settings.confidenceFit;
    const move = { task, option, before, after, moveCost, benefit, slotEvidenceRuns, fit };
    return this.withTaskRemoved(at, after, () => confidenceOf(move, termWeights, this.#fortnights));
  }

  /** Runs `fn` while one task is removed from both fields, that of the current times and the planned one. */
  withTaskRemoved<T>(at: number, after: LoadField, fn: () => T): T {
    const task = itemAt(this.tasks, at);
    const planned = numberAt(task.shifts, numberAt(this.search.choice, at));
    // A drawn future may stretch a run as far as it likes.
    const reach = Number.POSITIVE_INFINITY;
    return this.before.withScheduleRemoved(
      task,
      0,
      () => after.withScheduleRemoved(task, planned, fn, { reach }),
      { reach },
    );
  }

  /** Terms, benefit and load of the whole repository. */
  whole(): Pick<Decision, 'benefit' | 'terms' | 'load'> {
    const costBefore = totalCost(this.today, this.termWeights);
    const all = this.tasks.map((task) => ({ ...task, countedJobs: task.jobs }));
    const byHour = (choice: Choice) => fieldOf(all, choice, this.input.background).byHour();
    return {
      benefit: costBefore <= ROUNDING ? 0 : 1 - totalCost(this.planned, this.termWeights) / costBefore,
      terms: {
        before: shownTerms(this.tasks, this.today, this.today),
        after: shownTerms(this.tasks, this.today, this.planned),
      },
      load: { before: byHour(this.nothingMoved), after: byHour(this.search.choice) },
    };
  }
}

function leastGainOf({ schedule, violation }: Task, minGain: number): number {
  // A `finish-by` that is not kept is reason enough.
  if (numberAt(violation, 0) > 0) return Math.min(0, minGain);
  return minGain * (schedule.movedAt === null ? 1 : SECOND_MOVE_MARGIN);
}

/** Share of the current cost that another cost saves; 0 where the current one is nothing. */
export function savedShare(cost: number, today: number): number {
  return today <= ROUNDING ? 0 : 1 - cost / today;
}
