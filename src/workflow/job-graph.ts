import type { Job } from './schedule.ts';

/** Above this many jobs the exact answer costs more than it is worth; they are then compared by depth. */
const MAX_EXACT_JOBS = 200;

/**
 * Most jobs that `needs` lets run side by side (a matrix counts its width; 1 where that is not known): the
 * heaviest set of jobs of which none waits for another.
 */
export function widestJobs(jobs: readonly Job[]): number {
  const weights = jobs.map(({ width }) => width ?? 1);
  const before = waitsFor(jobs);
  if (jobs.length > MAX_EXACT_JOBS) return widestDepth(weights, before);
  // Dilworth, with weights: the heaviest antichain is the total less the largest flow that pairs jobs along `needs`.
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return total - largestPairing(weights, before);
}

/** For each job the jobs that come before it, directly or not. */
function waitsFor(jobs: readonly Job[]): readonly ReadonlySet<number>[] {
  const indexes = new Map(jobs.map(({ id }, index) => [id, index]));
  const direct = jobs.map(({ needs }) => needs.flatMap((id) => indexes.get(id) ?? []));
  if (jobs.length > MAX_EXACT_JOBS) return direct.map((needs) => new Set(needs));
  return jobs.map((_, job) => {
    const reached = new Set<number>();
    const pending = [...(direct[job] ?? [])];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      // A circle is no graph that GitHub runs; leaving the job itself out keeps the sum sound all the same.
      if (next === job || reached.has(next)) continue;
      reached.add(next);
      pending.push(...(direct[next] ?? []));
    }
    return reached;
  });
}

/** Largest flow from earlier to later jobs, each giving and taking at most its weight (augmenting paths). */
function largestPairing(weights: readonly number[], before: readonly ReadonlySet<number>[]): number {
  const count = weights.length;
  const gives = [...weights];
  const takes = [...weights];
  /** flow[later][earlier] */
  const flow = weights.map(() => new Array<number>(count).fill(0));
  let sum = 0;
  for (let source = 0; source < count; source += 1) {
    while ((gives[source] ?? 0) > 0) {
      const pushed = pushFrom(source, gives, takes, flow, before);
      if (pushed === 0) break;
      sum += pushed;
    }
  }
  return sum;
}

/** One augmenting path from an earlier job with something left to give; breadth first. Returns what it moved. */
function pushFrom(
  source: number,
  gives: number[],
  takes: number[],
  flow: readonly number[][],
  before: readonly ReadonlySet<number>[],
): number {
  const reachedBy = new Map<number, number>();
  /** Later job from which an earlier one was freed. */
  const freedFrom = new Map<number, number>([[source, -1]]);
  const queue = [source];
  for (const earlier of queue) {
    for (let later = 0; later < takes.length; later += 1) {
      if (reachedBy.has(later) || before[later]?.has(earlier) !== true) continue;
      reachedBy.set(later, earlier);
      if ((takes[later] ?? 0) > 0) return augment(later, source, gives, takes, flow, reachedBy, freedFrom);
      for (let other = 0; other < takes.length; other += 1) {
        if (freedFrom.has(other) || (flow[later]?.[other] ?? 0) === 0) continue;
        freedFrom.set(other, later);
        queue.push(other);
      }
    }
  }
  return 0;
}

function augment(
  end: number,
  source: number,
  gives: number[],
  takes: number[],
  flow: readonly number[][],
  reachedBy: ReadonlyMap<number, number>,
  freedFrom: ReadonlyMap<number, number>,
): number {
  const steps: { readonly later: number; readonly earlier: number; readonly freed: number }[] = [];
  let amount = Math.min(takes[end] ?? 0, gives[source] ?? 0);
  for (let later = end; later !== -1; ) {
    const earlier = reachedBy.get(later) ?? source;
    const freed = freedFrom.get(earlier) ?? -1;
    steps.push({ later, earlier, freed });
    if (freed !== -1) amount = Math.min(amount, flow[freed]?.[earlier] ?? 0);
    later = freed;
  }
  for (const { later, earlier, freed } of steps) {
    const row = flow[later];
    if (row !== undefined) row[earlier] = (row[earlier] ?? 0) + amount;
    const freedRow = freed === -1 ? undefined : flow[freed];
    if (freedRow !== undefined) freedRow[earlier] = (freedRow[earlier] ?? 0) - amount;
  }
  takes[end] = (takes[end] ?? 0) - amount;
  gives[source] = (gives[source] ?? 0) - amount;
  return amount;
}

/** Heaviest layer when every job starts as soon as its `needs` are layers above it. */
function widestDepth(weights: readonly number[], needs: readonly ReadonlySet<number>[]): number {
  const depths = weights.map(() => 0);
  // Repeated relaxation, bounded by the deepest chain worth telling apart; circles cannot run on.
  for (let round = 0; round < MAX_EXACT_JOBS; round += 1) {
    let changed = false;
    needs.forEach((earlier, job) => {
      for (const need of earlier) {
        const depth = (depths[need] ?? 0) + 1;
        if (depth > (depths[job] ?? 0)) {
          depths[job] = depth;
          changed = true;
        }
      }
    });
    if (!changed) break;
  }
  const layers = new Map<number, number>();
  depths.forEach((depth, job) => {
    layers.set(depth, (layers.get(depth) ?? 0) + (weights[job] ?? 0));
  });
  return Math.max(0, ...layers.values());
}
