import { itemAt, numberAt } from '../checked.ts';
import type { Job } from './schedule.ts';

/** Above this many jobs the exact answer takes too long; the jobs are then counted by depth. */
const MAX_EXACT_JOBS = 200;

/** Timeout of a job without `timeout-minutes` (docs: "Workflow syntax for GitHub Actions"). */
const DEFAULT_TIMEOUT_MINUTES = 360;

/** Most jobs that `needs` lets run side by side (a matrix by its width): the heaviest set without waits. */
export function widestJobs(jobs: readonly Job[]): number {
  const weights = jobs.map(({ width }) => width ?? 1);
  const before = jobsBefore(jobs);
  if (jobs.length > MAX_EXACT_JOBS) return widestDepth(weights, before);
  // Dilworth, with weights: the heaviest antichain is the total less the largest flow that pairs jobs along `needs`.
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return total - largestFlow(weights, before);
}

/** Longest time, in minutes, that timeouts allow a run along its `needs`. A called workflow counts as one job. */
export function longestMinutes(jobs: readonly Job[]): number {
  if (jobs.length === 0) return DEFAULT_TIMEOUT_MINUTES;
  const limits = jobs.map(({ timeoutMinutes }) => timeoutMinutes ?? DEFAULT_TIMEOUT_MINUTES);
  if (jobs.length > MAX_EXACT_JOBS) return limits.reduce((sum, limit) => sum + limit, 0);
  const before = jobsBefore(jobs);
  const ends = jobs.map(() => 0);
  // Each job comes after all that it waits for, as those wait for fewer; in a circle nobody runs.
  const order = [...jobs.keys()].sort((a, b) => itemAt(before, a).size - itemAt(before, b).size);
  for (const job of order) {
    const start = Math.max(0, ...[...itemAt(before, job)].map((earlier) => itemAt(ends, earlier)));
    ends[job] = start + itemAt(limits, job);
  }
  return Math.max(...ends);
}

/** Places of jobs, each after all that it waits for; jobs that wait for a circle, or stand in one, are left out. */
export function inOrder(jobs: readonly { readonly needs: readonly number[] }[]): readonly number[] {
  const waits = jobs.map(({ needs }) => new Set(needs).size);
  const followers = jobs.map((): number[] => []);
  for (const [at, { needs }] of jobs.entries()) for (const need of new Set(needs)) followers[need]?.push(at);
  const order = [...jobs.keys()].filter((at) => waits[at] === 0);
  for (const at of order) {
    for (const follower of followers[at] ?? []) {
      const left = (waits[follower] ?? 0) - 1;
      waits[follower] = left;
      if (left === 0) order.push(follower);
    }
  }
  return order;
}

/** For each job the jobs that it waits for: through others too, up to `MAX_EXACT_JOBS`; above that only directly. */
function jobsBefore(jobs: readonly Job[]): readonly ReadonlySet<number>[] {
  const indexes = new Map(jobs.map(({ id }, index) => [id, index]));
  const direct = jobs.map(({ needs }) => needs.flatMap((id) => indexes.get(id) ?? []));
  return jobs.length > MAX_EXACT_JOBS ? direct.map((needs) => new Set(needs)) : waitsThrough(direct);
}

/** For each job, by its place, those that it waits for, also through others. */
export function waitsThrough(direct: readonly (readonly number[])[]): readonly ReadonlySet<number>[] {
  return direct.map((_, job) => {
    const reached = new Set<number>();
    const pending = [...itemAt(direct, job)];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      // GitHub does not run jobs that wait for each other in a circle; without the job itself the sum stays correct.
      if (next === job || reached.has(next)) continue;
      reached.add(next);
      pending.push(...itemAt(direct, next));
    }
    return reached;
  });
}

/** Largest flow from earlier to later jobs, each giving and taking at most its weight (Ford and Fulkerson). */
function largestFlow(weights: readonly number[], before: readonly ReadonlySet<number>[]): number {
  /** What each job can still give to later ones, and take from earlier ones. */
  const supply = Float64Array.from(weights);
  const demand = Float64Array.from(weights);
  const flow = new Float64Array(weights.length ** 2);
  const flowOf = (earlier: number, later: number) => numberAt(flow, later * weights.length + earlier);
  const add = (earlier: number, later: number, amount: number): void => {
    flow[later * weights.length + earlier] = flowOf(earlier, later) + amount;
  };
  let sum = 0;
  for (const source of weights.keys()) {
    while (numberAt(supply, source) > 0) {
      const path = shortestPath(source, before, demand, flowOf);
      if (path === null) break;
      const end = itemAt(path, 0).later;
      const givenUp = path.flatMap(({ earlier, instead }) =>
        instead === null ? [] : flowOf(earlier, instead),
      );
      const amount = Math.min(numberAt(supply, source), numberAt(demand, end), ...givenUp);
      for (const { earlier, later, instead } of path) {
        add(earlier, later, amount);
        if (instead !== null) add(earlier, instead, -amount);
      }
      demand[end] = numberAt(demand, end) - amount;
      supply[source] = numberAt(supply, source) - amount;
      sum += amount;
    }
  }
  return sum;
}

/** One step of an augmenting path, from an earlier to a later job. */
interface Step {
  readonly earlier: number;
  readonly later: number;
  /** The later job that gives up its flow from `earlier`, as the path comes from it; `null` at the path's source. */
  readonly instead: number | null;
}

/** The steps from a job to the first one with demand left, in reverse; `null` where none can be reached. */
function shortestPath(
  source: number,
  before: readonly ReadonlySet<number>[],
  demand: Float64Array,
  flowOf: (earlier: number, later: number) => number,
): readonly Step[] | null {
  /** Step over which each later job was reached first. */
  const steps = new Map<number, Step>();
  /** Later job from which each earlier one was reached first. */
  const reachedFrom = new Map<number, number | null>([[source, null]]);
  for (const [earlier, instead] of reachedFrom) {
    for (let later = 0; later < demand.length; later += 1) {
      if (steps.has(later) || !itemAt(before, later).has(earlier)) continue;
      steps.set(later, { earlier, later, instead });
      if (numberAt(demand, later) > 0) return pathTo(later, steps);
      for (let other = 0; other < demand.length; other += 1) {
        if (!reachedFrom.has(other) && flowOf(other, later) > 0) reachedFrom.set(other, later);
      }
    }
  }
  return null;
}

/** The steps that lead to a later job, the last one first. */
function pathTo(end: number, steps: ReadonlyMap<number, Step>): readonly Step[] {
  const path: Step[] = [];
  for (let step = steps.get(end); step !== undefined; ) {
    path.push(step);
    step = step.instead === null ? undefined : steps.get(step.instead);
  }
  return path;
}

/** Heaviest layer when every job starts as soon as its `needs` are layers above it. */
function widestDepth(weights: readonly number[], needs: readonly ReadonlySet<number>[]): number {
  const depths = weights.map(() => 0);
  // Repeated relaxation. The bound ends circles; chains longer than it are not told apart any further.
  for (let round = 0; round < MAX_EXACT_JOBS; round += 1) {
    let changed = false;
    needs.forEach((earlier, job) => {
      for (const need of earlier) {
        const depth = itemAt(depths, need) + 1;
        if (depth <= itemAt(depths, job)) continue;
        depths[job] = depth;
        changed = true;
      }
    });
    if (!changed) break;
  }
  const layers = new Map<number, number>();
  depths.forEach((depth, job) => {
    layers.set(depth, (layers.get(depth) ?? 0) + itemAt(weights, job));
  });
  return Math.max(0, ...layers.values());
}
