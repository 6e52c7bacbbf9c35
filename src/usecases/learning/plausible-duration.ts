import { OffbeatError } from '../../errors.ts';
import { longestPlausibleSeconds } from '../../forecast/duration.ts';
import { JOBS_KEPT, REPORTED_EVENT, type Run } from '../../history/run.ts';
import { HOUR_MS } from '../../time.ts';
import { longestMinutes } from '../../workflow/job-graph.ts';
import { readWorkflowFiles } from '../../workflow/read-repository.ts';
import type { Context } from '../context.ts';
import type { JobTimes, RepositoryState, SourceFile } from '../ports.ts';
import { isRefusal, recordRefusal } from '../unless-refused.ts';

/**
 * GitHub ends a job without `timeout-minutes` after six hours. A run's own end is its `updated_at`, which GitHub moves
 * by weeks when something about an old run changes.
 */
const DOUBTED_ABOVE_SECONDS = (6 * HOUR_MS) / 1_000;

/**
 * The run with a duration that can be true: an implausible one is measured by the jobs that GitHub lists, which come
 * with it, or is unknown where there are none. Throws what is worth another try.
 */
export async function withPlausibleDuration(
  context: Context,
  state: RepositoryState,
  run: Run,
): Promise<{ readonly run: Run; readonly jobs: readonly JobTimes[] }> {
  if (!isDoubtful(run)) return { run, jobs: [] };
  const limit = isBeyond(run, longestPlausibleSeconds(state.learned, run))
    ? null
    : await timeoutSeconds(context, state, run);
  if (limit !== null && !isBeyond(run, limit)) return { run, jobs: [] };
  const jobs = await jobsOf(context, state, run);
  return { run: jobs.length === 0 ? withoutDuration(run) : timedByJobs(run, jobs), jobs };
}

/** The same where no jobs can be asked for: `files` are the repository's workflow files. */
export function withoutImplausibleDuration(
  learned: RepositoryState['learned'],
  run: Run,
  limit: number,
): Run {
  if (!isDoubtful(run)) return run;
  const isPlausible = !isBeyond(run, longestPlausibleSeconds(learned, run)) && !isBeyond(run, limit);
  return isPlausible ? run : withoutDuration(run);
}

/** Longest time that the timeouts of a file's jobs allow a run, in seconds; of a missing file, one job's. */
export function timeoutSecondsOf(files: readonly SourceFile[], path: string): number {
  const [file] = readWorkflowFiles(files.filter((one) => one.path === path));
  return file === undefined ? DOUBTED_ABOVE_SECONDS : longestMinutes(file.jobs) * 60;
}

/** A run that somebody has reported was measured by whoever did, and jobs measure what they measure. */
function isDoubtful({ event, durationSeconds, jobsStartedAt }: Run): boolean {
  return (
    event !== REPORTED_EVENT &&
    jobsStartedAt === null &&
    durationSeconds !== null &&
    durationSeconds > DOUBTED_ABOVE_SECONDS
  );
}

function isBeyond({ durationSeconds }: Run, seconds: number): boolean {
  return durationSeconds !== null && durationSeconds > seconds;
}

function withoutDuration(run: Run): Run {
  return { ...run, durationSeconds: null };
}

function timedByJobs(run: Run, jobs: readonly JobTimes[]): Run {
  const jobsStartedAt = Math.min(...jobs.map(({ startedAt }) => startedAt));
  const jobsEndedAt = Math.max(...jobs.map(({ endedAt }) => endedAt));
  const waits = jobs.map(({ createdAt, startedAt }) => Math.max(0, startedAt - createdAt) / 1_000);
  return {
    ...run,
    endedAt: jobsEndedAt,
    jobsStartedAt,
    jobsEndedAt,
    jobs: jobs
      .map(({ id, startedAt, endedAt }) => ({ id, startedAt, endedAt }))
      .sort((a, b) => a.id - b.id)
      .slice(0, JOBS_KEPT),
    durationSeconds: (jobsEndedAt - jobsStartedAt) / 1_000,
    queueSeconds: Math.max(...waits),
  };
}

/** By the files at the run's commit; GitHub's own limit for one job where it does not show them. */
async function timeoutSeconds(context: Context, state: RepositoryState, run: Run): Promise<number> {
  const sources = await unlessAbsent(context, state, async () => {
    const { reader } = await context.github.connect(state.profile);
    return reader.workflowSources(run.headSha);
  });
  return timeoutSecondsOf(sources?.files ?? [], run.path);
}

async function jobsOf(context: Context, state: RepositoryState, run: Run): Promise<readonly JobTimes[]> {
  const jobs = await unlessAbsent(context, state, async () => {
    const { reader } = await context.github.connect(state.profile);
    return (await reader.jobs?.(run)) ?? [];
  });
  context.log.info(
    { repositoryId: state.profile.id, runId: run.id, jobs: jobs?.length ?? 0 },
    'the times of a run are implausible, its jobs were asked for',
  );
  return jobs ?? [];
}

/** What was read; `null` where GitHub refuses it for good, which is recorded, or knows it no longer. */
async function unlessAbsent<T>(
  context: Context,
  { profile }: RepositoryState,
  read: () => Promise<T>,
): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (isRefusal(error)) {
      await recordRefusal(context, profile.id, 'times of runs', error);
      return null;
    }
    if (error instanceof OffbeatError && error.code === 'not-found') return null;
    throw error;
  }
}
