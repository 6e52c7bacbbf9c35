import type { CriticalPath, PathJob } from './critical-path.ts';

/** A job that decides how long the runs of its workflow take. */
export interface Bottleneck {
  readonly job: PathJob;
  /** `work`: what it does takes long. `runner`: it mostly waits for a runner. */
  readonly kind: 'work' | 'runner';
}

export const DEFAULT_BOTTLENECK_SHARE = 0.8;
/**
 * A first job of a few seconds is on every critical path: what decides is how much of the run would go if the job
 * took half as long. A job with this gain carries more than a third of the run.
 */
const LEAST_GAIN = 0.18;
/** Waits longer than it works. */
const WAITING_SHARE = 0.5;
/** Fewer runs show no habit. */
const LEAST_OBSERVATIONS = 5;

/**
 * The bottlenecks of a workflow, the one with the most to gain first; most workflows that are balanced have none.
 * `share`: of ordinary or of slowest runs in which it is on the critical path, or of its time that it waits, at least.
 */
export function bottlenecksOf(
  { jobs }: CriticalPath,
  share = DEFAULT_BOTTLENECK_SHARE,
): readonly Bottleneck[] {
  return jobs
    .filter(
      ({ medianShare, tailShare, waitingShare, gain, observations }) =>
        Math.max(medianShare, tailShare, waitingShare) >= share &&
        gain >= LEAST_GAIN &&
        observations >= LEAST_OBSERVATIONS,
    )
    .sort((a, b) => b.gain - a.gain)
    .map((job) => ({ job, kind: job.waitingShare >= WAITING_SHARE ? 'runner' : 'work' }));
}
