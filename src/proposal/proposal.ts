import { z } from 'zod';
import { Verdict } from './verdict/verdict.ts';
import { Watch } from './watch.ts';

/** The term that a move improves most. */
export const MoveReason = z.enum(['lateness', 'overlap', 'failure', 'finish-by']);
export type MoveReason = z.infer<typeof MoveReason>;

/** The evidence for a move when it was proposed. */
export const MoveEvidence = z.object({
  reason: MoveReason,
  /** Share of the schedule's cost that the move takes away. */
  benefit: z.number(),
  runsSeen: z.number().int().nonnegative(),
});
export type MoveEvidence = z.infer<typeof MoveEvidence>;

/** One cron of one file that a proposal moves. */
export const ProposedMove = z.object({
  key: z.string(),
  path: z.string(),
  index: z.number().int().nonnegative(),
  from: z.string(),
  to: z.string(),
  timezone: z.string(),
  /** Absent in a move that rolls another back. */
  evidence: MoveEvidence.optional(),
});
export type ProposedMove = z.infer<typeof ProposedMove>;

/** The state of a proposal; `state.ts` has the events that lead from one to the next. */
export const ProposalState = z.enum([
  'open',
  'merged',
  'watching',
  'improved',
  'no-difference',
  'worse',
  'inconclusive',
  'rolled-back',
  'closed',
  'superseded',
  'expired',
]);
export type ProposalState = z.infer<typeof ProposalState>;

/** How a pull request has a workflow file started from its merge on. */
export const OnTimeChange = z.object({
  path: z.string(),
  to: z.enum(['off', 'rescue', 'punctual']),
  net: z.enum(['own', 'cron', 'none']),
});
export type OnTimeChange = z.infer<typeof OnTimeChange>;

/**
 * A setting of a job in a workflow file, such as `timeout-minutes: 30`, that a pull request writes, or takes out again
 * where it reverts another. `key` is the setting's name in the file; records keep it as `jobKey`.
 */
export const JobSetting = z.object({
  path: z.string(),
  /** Id of the job. */
  job: z.string(),
  key: z.enum(['timeout-minutes', 'max-parallel']),
  value: z.number().int().positive(),
  /** Names of its jobs as GitHub shows them, without the values of a matrix. */
  shownAs: z.array(z.string()),
});
export type JobSetting = z.infer<typeof JobSetting>;

/** Name of a job among the keys of schedules, for what is measured of it. */
export function nameOfJob({ path, job }: Pick<JobSetting, 'path' | 'job'>): string {
  return `${path}#${job}`;
}

/** The pull request of a decision, of workflows on time or of a key of a job, as kept in `proposals.json`. */
export const Proposal = z.object({
  version: z.literal(1),
  decisionId: z.string(),
  pullNumber: z.number().int().positive(),
  url: z.string(),
  branch: z.string(),
  /** Head commit that the App wrote; another head means that somebody else has committed to the branch. */
  headSha: z.string(),
  moves: z.array(ProposedMove),
  state: ProposalState,
  openedAt: z.number(),
  changedAt: z.number(),
  /** Login of the person who merged or closed it; `null` for the App itself. */
  changedBy: z.string().nullable(),
  /** Number of the pull request that this one rolls back; absent for a proposal of better times. */
  reverts: z.number().int().positive().optional(),
  /** Time from the decision to take something back to this pull request, milliseconds; missing elsewhere. */
  openedInMs: z.number().nonnegative().optional(),
  /** Reactions of people to the pull request, as last read. */
  thumbs: z.object({ up: z.number().int().nonnegative(), down: z.number().int().nonnegative() }).optional(),
  /** What it changes of who starts workflows; it moves no cron then. */
  onTime: z.array(OnTimeChange).optional(),
  /** The setting of a job that it writes, or takes out; it moves no cron then. */
  jobKey: JobSetting.optional(),
  /** True for an issue with a diff in place of a pull request; recorded when it was closed. It has no branch. */
  isIssue: z.literal(true).optional(),
  /** Login of somebody else who has committed to its branch: from then on the App does not write to it. */
  takenOverBy: z.string().optional(),
  /** When it was merged, epoch ms; in older records `changedAt` says so. */
  mergedAt: z.number().optional(),
  /** The state of watching it after the merge. */
  watch: Watch.optional(),
  /** The newest verdict; final once `state` says the same. */
  verdict: Verdict.optional(),
});
export type Proposal = z.infer<typeof Proposal>;

export const Mode = z.enum(['observe', 'suggest', 'pause', 'stopped']);
export type Mode = z.infer<typeof Mode>;
