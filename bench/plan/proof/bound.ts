import { budgetOf } from '../../../src/plan/budget.ts';
import { Couplings } from '../../../src/plan/couplings.ts';
import { Crowding } from '../../../src/plan/crowding.ts';
import type { PlanInput } from '../../../src/plan/input.ts';
import { backgroundField, fieldOf, rawTerms, termWeightsOf, totalCost } from '../../../src/plan/objective.ts';
import { pairModel } from '../../../src/plan/pairs.ts';
import { type Task, TaskFactory } from '../../../src/plan/task.ts';
import { type ExactSolver, prove } from './branch.ts';
import type { Domains } from './dual-ascent.ts';
import { relaxedBound } from './frank-wolfe.ts';

/** Up to so many schedules the objective can be written out pair by pair. */
const MOST_WRITTEN_OUT = 20;
const MOST_OPTIONS_WRITTEN_OUT = 3200;
/** A gap below this is none: solvers are not more precise. */
const TOLERANCE = 5e-5;
const MOST_NODES = 100_000;

/** How far a plan can be from the best one, thresholds of gain and confidence aside; costs in units of today's. */
export interface PlanBound {
  readonly cost: number;
  /** No choice within candidates, couplings and change share costs less. */
  readonly bound: number;
  /** Largest share of the plan's cost that a better plan could save. */
  readonly gap: number;
  /** `exact`: everything cheaper was ruled out. The others were cut short, or relax the choice. */
  readonly method: 'exact' | 'branch-and-bound' | 'relaxation';
}

export interface BoundLimits {
  /** True where there is no more time. */
  readonly stop: () => boolean;
  /** Solves small rests exactly; without it they are searched through. */
  readonly solve?: ExactSolver;
}

/**
 * How far a plan (`chosen`: new cron by key) can be from the best one: no choice among the candidates, within couplings
 * and the change share, costs less than the bound. Thresholds of gain and confidence are not part of it: they hold back
 * on purpose.
 */
export function boundOf(
  input: PlanInput,
  chosen: ReadonlyMap<string, string>,
  limits: BoundLimits,
): PlanBound {
  const { settings, background } = input;
  const taskFactory = new TaskFactory(input);
  const sorted = [...input.schedules].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const tasks = sorted.map((schedule) => taskFactory.taskOf(schedule));
  const today = new Int32Array(tasks.length);
  const choice = Int32Array.from(tasks, (task) => {
    const cron = chosen.get(task.schedule.key);
    return cron === undefined
      ? 0
      : Math.max(
          0,
          task.options.findIndex((option) => option.cron === cron),
        );
  });
  const empty = backgroundField(tasks, background);
  // Jobs beyond the runners cost the plan, and are left out of the bound: without them everything is a sum over pairs.
  const crowding = Crowding.of(tasks, input);
  const crowdingToday = crowding?.total(today);
  choice.forEach((option, at) => {
    if (option !== 0) crowding?.move(at, 0, option);
  });
  const termWeights = termWeightsOf(
    tasks,
    rawTerms(tasks, today, fieldOf(tasks, today, background), empty, crowdingToday),
    settings.weights,
  );
  const planned = fieldOf(tasks, choice, background);
  const cost = totalCost(rawTerms(tasks, choice, planned, empty, crowding?.total(choice)), termWeights);
  const dwellMs = settings.dwellDays * 86_400_000;
  const movable = tasks.map(
    ({ options, schedule }) =>
      options.length > 1 && (schedule.movedAt === null || input.now - schedule.movedAt >= dwellMs),
  );
  const budget = budgetOf(tasks, movable, input).moves;
  const options = tasks.reduce((sum, task, at) => sum + (movable[at] === true ? task.options.length : 1), 0);
  if (tasks.length <= MOST_WRITTEN_OUT && options <= MOST_OPTIONS_WRITTEN_OUT) {
    const model = pairModel(tasks, movable, termWeights, background, new Couplings(tasks), budget);
    const { bound, exact } = prove(model, optionsInTime(tasks, movable), cost, {
      tolerance: TOLERANCE,
      mostNodes: MOST_NODES,
      stop: limits.stop,
      ...(limits.solve === undefined ? {} : { solve: limits.solve }),
    });
    return { cost, bound, gap: gapOf(cost, bound), method: exact ? 'exact' : 'branch-and-bound' };
  }
  const bound = relaxedBound(tasks, movable, termWeights, background, budget, cost, {
    tolerance: TOLERANCE,
    stop: limits.stop,
  });
  return { cost, bound, gap: gapOf(cost, bound), method: 'relaxation' };
}

/** The options of each schedule in the order of their times; of one that may not move only today's. */
function optionsInTime(tasks: readonly Task[], movable: readonly boolean[]): Domains {
  return tasks.map(({ shifts }, at) =>
    Int32Array.from({ length: movable[at] === true ? shifts.length : 1 }, (_, option) => option).sort(
      (a, b) => (shifts[a] as number) - (shifts[b] as number),
    ),
  );
}

/** Share of the plan's cost that a better one could save at most. */
function gapOf(cost: number, bound: number): number {
  return cost <= 0 ? 0 : Math.min(1, Math.max(0, 1 - bound / cost));
}
