import { emptyLearned } from '../forecast/learned.ts';
import type { OlderRuns } from '../history/older-runs.ts';
import { emptyJobs } from '../jobs/learned-jobs.ts';
import { emptyBookkeeping } from '../proposal/bookkeeping.ts';
import { emptyPopulation } from '../strategy/population.ts';
import type { RepositoryProfile, RepositoryState } from '../usecases/ports.ts';

/** A repository's state, with the sums and counts of the items beyond the retention. */
export interface KeptRepository extends RepositoryState {
  readonly olderRuns: readonly OlderRuns[];
  /** Learning events no longer listed. */
  readonly olderEvents: number;
  /** Audit events no longer listed. */
  readonly olderAudit: number;
}

/** A repository before anything is learned about it. */
export function emptyRepository(profile: RepositoryProfile, now: number): KeptRepository {
  return {
    profile,
    runs: [],
    olderRuns: [],
    learned: emptyLearned(),
    jobs: emptyJobs(),
    scheduleVersions: [],
    population: emptyPopulation(now),
    learningLog: [],
    olderEvents: 0,
    decisions: [],
    proposals: [],
    care: emptyBookkeeping(),
    sharedLoad: null,
    onTime: null,
    ticks: [],
    audit: [],
    olderAudit: 0,
    damage: [],
  };
}
