import { z } from 'zod';

/** GitHub's conclusion of a finished run (docs: "workflow_run" payload); `null` while it is in progress. */
export const Conclusion = z.enum([
  'success',
  'failure',
  'neutral',
  'cancelled',
  'skipped',
  'stale',
  'timed_out',
  'action_required',
  'startup_failure',
]);
export type Conclusion = z.infer<typeof Conclusion>;

/** Most jobs of one run that are kept; GitHub allows 256 in a matrix. */
export const JOBS_KEPT = 512;

/** One job of a run: GitHub's id of it, start and end in epoch ms. */
const JobSpan = z.object({ id: z.number().int(), startedAt: z.number(), endedAt: z.number() });
export type JobSpan = z.infer<typeof JobSpan>;

/** One attempt of a run, by (`id`, `attempt`). Instants are epoch ms, durations seconds. */
export const Run = z.object({
  id: z.number().int().nonnegative(),
  attempt: z.number().int().positive(),
  workflowId: z.number().int().nonnegative(),
  /** Path of the workflow file without any `@ref` suffix. */
  path: z.string(),
  event: z.string(),
  headSha: z.string(),
  headBranch: z.string().nullable(),
  actor: z.string().nullable(),
  createdAt: z.number(),
  startedAt: z.number(),
  /** When the attempt ended; `null` while it runs. */
  endedAt: z.number().nullable(),
  conclusion: Conclusion.nullable(),
  /** First start and last end of the attempt's jobs, where jobs were seen. */
  jobsStartedAt: z.number().nullable(),
  jobsEndedAt: z.number().nullable(),
  /** Jobs that have ended, while the attempt is in progress; stores with a column for them give `null` for none. */
  jobs: z.preprocess((jobs) => jobs ?? undefined, z.array(JobSpan).max(JOBS_KEPT).optional()),
  /** From the first job's start to the last job's end, or the run's own times; `null` while unknown. */
  durationSeconds: z.number().nonnegative().nullable(),
  /** Longest wait of a job for its runner, where jobs were seen. */
  queueSeconds: z.number().nonnegative().nullable(),
  /** The schedule entry that fired (`path#index`), for `schedule` runs that could be matched. */
  scheduleKey: z.string().nullable(),
  /** The tick this run belongs to; lateness is `createdAt − tick`. */
  tick: z.number().nullable(),
  /** True where lateness can exceed the gap between ticks, so that the match may be off by one or more. */
  ambiguous: z.boolean(),
  /** What was forecast of its duration before it ended; missing where nothing was, and in older records. */
  predictedSeconds: z.preprocess((seconds) => seconds ?? undefined, z.number().nonnegative().optional()),
});
export type Run = z.infer<typeof Run>;

/** Digits of a commit that tell it from others, as Git shows them. */
const SHORT_SHA = 7;

/** Name of a schedule entry within a repository: its place. What is kept by it moves with the entry. */
export type ScheduleKey = string;

/** Key of the `index`-th (0-based) entry of `on.schedule` in the file at `path`. */
export function scheduleKey(path: string, index: number): ScheduleKey {
  return `${path}#${index}`;
}

/** Key of an entry that the commit `sha` has removed, from then on: another may come to its place. */
export function goneKey(key: ScheduleKey, sha: string): ScheduleKey {
  return key.includes('@', key.lastIndexOf('#')) ? key : `${key}@${sha.slice(0, SHORT_SHA)}`;
}

/** Place (0-based) of an entry in its file, or where it stood last. */
export function placeOf(key: ScheduleKey): number {
  return Number.parseInt(key.slice(key.lastIndexOf('#') + 1), 10);
}

/** The workflow file that a key names. */
export function fileOf(key: ScheduleKey): string {
  return key.slice(0, key.lastIndexOf('#'));
}

/** What stands in the place of GitHub's event in a run that somebody reported, whose event is not known. */
export const REPORTED_EVENT = 'reported';

/** Success or failure, or `null` where the conclusion says nothing about either (cancelled, skipped, …). */
export function succeeded(conclusion: Conclusion | null): boolean | null {
  switch (conclusion) {
    case 'success':
    case 'neutral':
      return true;
    case 'failure':
    case 'timed_out':
    case 'startup_failure':
      return false;
    default:
      return null;
  }
}

/** Seconds of a run from which durations are learned; `null` where there are none. */
export function trainingSeconds(run: Run): number | null {
  if (run.attempt !== 1 || succeeded(run.conclusion) === null) return null;
  // The duration of a run that never started its jobs says nothing of the work.
  if (run.conclusion === 'startup_failure') return null;
  return run.durationSeconds === null || run.durationSeconds <= 0 ? null : run.durationSeconds;
}

/** The run's tick where known for sure, else its start, epoch ms: a late run is of the day of its tick. */
export function tickOrStart({ tick, ambiguous, startedAt }: Run): number {
  return tick === null || ambiguous ? startedAt : tick;
}

export type EndedRun = Run & { readonly endedAt: number };

/** The runs that have ended, the one that ended first first. */
export function inOrderOfEnd(runs: readonly Run[]): readonly EndedRun[] {
  return runs
    .filter((run): run is EndedRun => run.endedAt !== null)
    .sort((one, other) => one.endedAt - other.endedAt || one.id - other.id);
}
