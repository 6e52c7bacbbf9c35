import { itemAt } from '../checked.ts';
import type { SimulatedJob } from './world.ts';

/**
 * Shares of a run's duration that each job takes: the learned ones if every job has them, else 1 over the number of
 * jobs on the longest chain of `needs` through it, so that the critical path takes the whole run. Circles, which
 * GitHub refuses, are cut where they close.
 */
export function jobShares(jobs: readonly SimulatedJob[]): readonly NonNullable<SimulatedJob['share']>[] {
  const learned = jobs.flatMap(({ share }) => share ?? []);
  if (learned.length === jobs.length) return learned;
  const before = depths(jobs, (job) => job.needs);
  const followers = jobs.map((): number[] => []);
  jobs.forEach(({ needs }, at) => {
    for (const need of needs) followers[need]?.push(at);
  });
  const after = depths(jobs, (_, at) => followers[at] ?? []);
  return jobs.map((_, at) => ({ work: 1 / (itemAt(before, at) + itemAt(after, at) + 1), wait: 0 }));
}

/** Number of jobs on the longest chain that leads from each job over `next`, itself left out. */
function depths(
  jobs: readonly SimulatedJob[],
  next: (job: SimulatedJob, at: number) => readonly number[],
): readonly number[] {
  const known: (number | undefined)[] = jobs.map(() => undefined);
  const open = new Set<number>();
  const depth = (at: number): number => {
    const seen = known[at];
    const job = jobs[at];
    if (seen !== undefined) return seen;
    if (job === undefined || open.has(at)) return -1;
    open.add(at);
    const deepest = next(job, at).reduce((most, other) => Math.max(most, depth(other) + 1), 0);
    open.delete(at);
    known[at] = deepest;
    return deepest;
  };
  return jobs.map((_, at) => depth(at));
}
