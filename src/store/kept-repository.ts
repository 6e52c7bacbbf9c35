import { emptyLearned } from '../forecast/learned.ts';
import type { OlderRuns } from '../history/older-runs.ts';
import { emptyJobs } from '../jobs/learned-jobs.ts';
import { emptyBookkeeping } from '../proposal/bookkeeping.ts';
import { emptyPopulation } from '../strategy/population.ts';
import type { RepositoryProfile, RepositoryState } from '../usecases/ports.ts';

/** A repository's state with what its bounds have rolled up. */
export interface KeptRepository extends RepositoryState {
  readonly olderRuns: readonly OlderRuns[];
  /** Learning events no longer listed. */
  readonly olderEvents: number;
  /** Audit events no longer listed. */
  readonly olderAudit: number;
}

/** A repository that nothing was learned of. */
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
