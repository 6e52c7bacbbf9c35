import { LoadField } from '../../../src/plan/load-field.ts';
import { fixedCost, type TermWeights } from '../../../src/plan/objective.ts';
import { overlapOf, overlapsOf, type Scratch, scratchOf } from '../../../src/plan/overlap.ts';
import type { Task } from '../../../src/plan/task.ts';

/** Iterations; the bound rises by less and less, its distance falls about as one over their number. */
const MOST_ITERATIONS = 150;

export interface RelaxationLimits {
  /** Relative gap to `known` at which to stop. */
  readonly tolerance: number;
  readonly stop: () => boolean;
}

/** What a schedule would rather be: a share of each option it has taken so far. */
interface Mix {
  readonly shares: Map<number, number>;
}

/**
 * A lower bound for many schedules: each may be spread over its options, and what it would then share with itself is
 * taken away at each option's own amount, so that the relaxed objective is convex and equals the true one at every
 * plan. Conditional gradients (Frank, Wolfe 1956) give a bound at every step.
 */
export function relaxedBound(
  tasks: readonly Task[],
  movable: readonly boolean[],
  termWeights: TermWeights,
  background: readonly number[],
  budget: number,
  known: number,
  limits: RelaxationLimits,
): number {
  const scratch = scratchOf();
  const linear = linearCosts(tasks, movable, termWeights, background, scratch);
  // The field holds the load of the mixes divided by `scale`: a step shrinks what is placed by shrinking the scale.
  let [field, scale] = [new LoadField(tasks), 1];
  const mixes: Mix[] = tasks.map(() => ({ shares: new Map([[0, 1]]) }));
  for (const task of tasks) field.place(task, 0, 1);
  let bound = Number.NEGATIVE_INFINITY;
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration += 1) {
    field.updateSums();
    const gradients = tasks.map((task, at) =>
      gradientOf(task, linear[at] as Float64Array, field, termWeights.overlap * scale, scratch),
    );
    const target = cheapest(gradients, budget);
    // g(x) + ⟨∇g, s − x⟩, with g's quadratic half from ⟨x, overlap⟩.
    let [quadratic, slope, linearSum, toTarget] = [0, 0, 0, 0];
    mixes.forEach(({ shares }, at) => {
      const gradient = gradients[at] as Float64Array;
      const own = linear[at] as Float64Array;
      for (const [option, share] of shares) {
        linearSum += share * (own[option] as number);
        quadratic += share * ((gradient[option] as number) - (own[option] as number));
        slope -= share * (gradient[option] as number);
      }
      const aim = target[at] as number;
      slope += gradient[aim] as number;
      toTarget += (gradient[aim] as number) - (own[aim] as number);
    });
    const value = linearSum + quadratic / 2;
    bound = Math.max(bound, value + slope);
    if (known - bound <= limits.tolerance * Math.abs(known) || limits.stop()) break;
    // Along the way the objective is a parabola: ⟨s − x, overlap of (s − x)⟩ bends it.
    const curvature = quadratic - 2 * toTarget + selfOverlap(tasks, target, termWeights);
    const step = curvature <= 0 ? 1 : Math.min(1, Math.max(0, -slope / curvature));
    if (step <= 0) break;
    if (step === 1) [field, scale] = [new LoadField(tasks), 1];
    else scale *= 1 - step;
    tasks.forEach((task, at) => {
      const aim = target[at] as number;
      field.place(task, task.shifts[aim] as number, step / scale);
      const { shares } = mixes[at] as Mix;
      for (const [option, share] of shares) shares.set(option, (1 - step) * share);
      shares.set(aim, (shares.get(aim) ?? 0) + step);
    });
  }
  return bound;
}

/** Per option all that does not hang on others, less half of what the schedule would share with itself. */
function linearCosts(
  tasks: readonly Task[],
  movable: readonly boolean[],
  termWeights: TermWeights,
  background: readonly number[],
  scratch: Scratch,
): readonly Float64Array[] {
  const empty = background.some((jobs) => jobs > 0) ? new LoadField(tasks, background) : null;
  empty?.updateSums();
  return tasks.map((task, at) => {
    const met = empty === null ? null : overlapsOf(task, empty, scratch);
    const alone = new LoadField([task]);
    return Float64Array.from({ length: movable[at] === true ? task.options.length : 1 }, (_, option) => {
      const shift = task.shifts[option] as number;
      alone.place(task, shift, 1);
      alone.updateSums();
      const self = overlapOf(task, option, alone);
      alone.place(task, shift, -1);
      return fixedCost(task, option, termWeights) + termWeights.overlap * ((met?.[option] ?? 0) - self / 2);
    });
  });
}

function gradientOf(
  task: Task,
  linear: Float64Array,
  field: LoadField,
  overlapPrice: number,
  scratch: Scratch,
): Float64Array {
  if (linear.length === 1)
    return Float64Array.of((linear[0] as number) + overlapPrice * overlapOf(task, 0, field));
  return overlapsOf(task, field, scratch).map(
    (overlap, option) => overlapPrice * overlap + (linear[option] as number),
  );
}

/** The cheapest corner: everybody at today's time but those who save most, as many as the budget lets. */
function cheapest(gradients: readonly Float64Array[], budget: number): Int32Array {
  const best = gradients.map((costs) => {
    let lowest = 0;
    for (let option = 1; option < costs.length; option += 1) {
      if ((costs[option] as number) < (costs[lowest] as number)) lowest = option;
    }
    return lowest;
  });
  const saved = (at: number): number =>
    (gradients[at]?.[0] as number) - (gradients[at]?.[best[at] as number] as number);
  const movers = best.flatMap((option, at) => (option === 0 ? [] : [at]));
  movers.sort((a, b) => saved(b) - saved(a));
  const target = new Int32Array(gradients.length);
  for (const at of movers.slice(0, budget)) target[at] = best[at] as number;
  return target;
}

/** ⟨s, overlap of s⟩ of a corner: everything, met with itself. */
function selfOverlap(tasks: readonly Task[], target: Int32Array, termWeights: TermWeights): number {
  const field = new LoadField(tasks);
  tasks.forEach((task, at) => {
    field.place(task, task.shifts[target[at] as number] as number, 1);
  });
  field.updateSums();
  return tasks.reduce(
    (sum, task, at) => sum + termWeights.overlap * overlapOf(task, target[at] as number, field),
    0,
  );
}
