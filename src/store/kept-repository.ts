import { z } from 'zod';
import type { LatenessPool } from '../forecast/lateness-pool.ts';
import { emptyLearned } from '../forecast/learned.ts';
import type { OlderRuns } from '../history/older-runs.ts';
import { emptyJobs } from '../jobs/learned-jobs.ts';
import { emptyBookkeeping } from '../proposal/bookkeeping.ts';
import { Mode } from '../proposal/proposal.ts';
import { Refusals } from '../proposal/refusal-records.ts';
import { emptyPopulation } from '../strategy/population.ts';
import type { RepositoryProfile, RepositoryState, ScheduleVersion, Store } from '../usecases/ports.ts';

export const Profile = z.object({
  id: z.number().int(),
  installationId: z.number().int(),
  owner: z.string(),
  name: z.string(),
  defaultBranch: z.string(),
  archived: z.boolean(),
  fork: z.boolean(),
  private: z.boolean(),
  commandedMode: Mode.nullable(),
  lastRoundAt: z.number().nullable(),
  removedAt: z.number().nullable(),
  noticesGiven: z.array(z.string()),
  refusals: Refusals,
}) satisfies z.ZodType<RepositoryProfile>;

export const Version = z.object({
  sha: z.string(),
  seenAt: z.number(),
  entries: z.array(z.object({ key: z.string(), path: z.string(), cron: z.string(), timezone: z.string() })),
  widths: z.record(z.string(), z.number()).optional(),
}) satisfies z.ZodType<ScheduleVersion>;

/** A repository's state, with the sums and counts of the items beyond the retention. */
export interface KeptRepository extends RepositoryState {
  readonly olderRuns: readonly OlderRuns[];
  /** Learning events no longer listed. */
  readonly olderEvents: number;
  /** Audit events no longer listed. */
  readonly olderAudit: number;
}

/** A store that can be copied: it reads and writes repositories whole, with their rolled-up sums. */
export interface WholeStore extends Store {
  load(repositoryId: number): Promise<KeptRepository | undefined>;
  /** Stores a new repository unchanged. */
  keep(kept: KeptRepository): Promise<void>;
  replaceLatenessPool(pool: LatenessPool): Promise<void>;
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
