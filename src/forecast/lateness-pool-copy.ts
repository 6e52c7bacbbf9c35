import type { LatenessPool } from './lateness-pool.ts';

/** A pool of its own with the same contents: much faster than `structuredClone`, which is felt at every run. */
export function copyLatenessPool(pool: LatenessPool): LatenessPool {
  return {
    ...pool,
    hourSums: pool.hourSums.slice(),
    hourWeights: pool.hourWeights.slice(),
    hourSchedules: pool.hourSchedules.slice(),
    weekSums: pool.weekSums.slice(),
    weekWeights: pool.weekWeights.slice(),
    driftBuckets: pool.driftBuckets.slice(),
    driftSums: pool.driftSums.slice(),
    driftCounts: pool.driftCounts.slice(),
    kept: pool.kept.slice(),
    dropped: pool.dropped.slice(),
  };
}
