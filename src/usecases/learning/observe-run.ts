import { type LearnedRun, tellsLateness } from '../../forecast/learn.ts';
import { wasLearned } from '../../forecast/learned.ts';
import { wasRolledUp } from '../../history/older-runs.ts';
import { JOBS_KEPT, type JobSpan, REPORTED_EVENT, type Run } from '../../history/run.ts';
import { findRun } from '../../history/run-history.ts';
import type { ObservedJob } from '../../jobs/observed-job.ts';
import type { Context } from '../context.ts';
import { knownRepository, meetRepository, type SeenRepository } from '../known-repository.ts';
import type { JobTimes, RepositoryState } from '../ports.ts';
import { gatherPriors, knowsNothing } from './gather-priors.ts';
import { learnRunStep } from './learn-run-step.ts';
import { withPlausibleDuration } from './plausible-duration.ts';
import { reportedNumber } from './reported-number.ts';
import { pathNow } from './schedule-version.ts';
import { schedulesInForce } from './schedules-in-force.ts';
import { unwatchedSpan } from './unwatched.ts';

/** Puts a run that has begun, or a job's times, into the history; nothing is learned before it ends. */
export async function noteRun(context: Context, seen: SeenRepository, told: Run): Promise<void> {
  const state = await meetRepository(context, seen);
  const run = withPathNow(state, told);
  const known = findRun(state.runs, run);
  if (isHistory(state, run, known)) return;
  const reported = await giveUpNumber(context, state, run, known);
  // Events come in any order: a run whose end somebody has reported has ended.
  if (reported !== undefined && reported.endedAt !== null) return;
  await context.store.apply(seen.id, { runs: [{ ...run, ...jobTimes(known), ...forecastOf(reported) }] });
}

/** Learns a run that has ended: once, however often and in whatever order its events arrive. */
export async function observeRun(
  context: Context,
  seen: SeenRepository,
  told: Run,
): Promise<LearnedRun | null> {
  const met = await meetRepository(context, seen);
  const known = findRun(met.runs, told);
  if (isHistory(met, told, known)) return null;
  const reported = await giveUpNumber(context, met, withPathNow(met, told), known);
  const schedules = tellsLateness(told) ? await schedulesInForce(context, met, withPathNow(met, told)) : [];
  // Reading the crons may have given schedules new keys.
  const state = await knownRepository(context, seen.id);
  const run = { ...withPathNow(state, told), ...forecastOf(reported) };
  const { run: timed, jobs } = await withPlausibleDuration(context, state, withJobTimes(run, known));
  const observedJobs = observedJobsOf(run, jobs);
  const now = context.clock.now();
  const unwatched = unwatchedSpan(state, now);
  const surroundings = {
    now,
    unwatched,
    schedules,
    pool: tellsLateness(run) ? await context.store.loadLatenessPool() : null,
    priors: knowsNothing(state) ? await gatherPriors(context, state) : undefined,
  };
  const { change, outcome } = timedLearning(context, () => learnRunStep(state, timed, surroundings));
  const isNew = unwatched !== null && state.care.unwatched === undefined;
  await context.store.apply(seen.id, {
    ...change,
    ...(observedJobs.length > 0 && { observedJobs }),
    ...(isNew && { care: { ...state.care, unwatched } }),
  });
  context.onLearned?.(seen.id, outcome);
  return outcome;
}

/** Does a step of learning and tells how long it took. */
function timedLearning<T>({ stopwatch, onWork }: Context, learn: () => T): T {
  const begunAt = stopwatch?.();
  const lesson = learn();
  if (stopwatch !== undefined && begunAt !== undefined) onWork?.('learning', stopwatch() - begunAt);
  return lesson;
}

/** GitHub tells of a run by the path that its file had then. */
function withPathNow({ scheduleVersions }: RepositoryState, run: Run): Run {
  const path = pathNow(scheduleVersions, run.path);
  return path === run.path ? run : { ...run, path };
}

/** What was forecast of a run before somebody reported it; when GitHub tells of it, nothing is forecast any more. */
function forecastOf(known: Run | undefined): Pick<Run, 'predictedSeconds'> {
  return known?.predictedSeconds === undefined ? {} : { predictedSeconds: known.predictedSeconds };
}

/** Gives a report its own number where it has that of another workflow's run. Returns what is known of `run`. */
async function giveUpNumber(
  context: Context,
  { profile, learned }: RepositoryState,
  run: Run,
  known: Run | undefined,
): Promise<Run | undefined> {
  if (known?.event !== REPORTED_EVENT || run.event === REPORTED_EVENT || known.path === run.path)
    return known;
  const id = reportedNumber(known);
  const finished = learned.finished.map((each) => (each === known.id ? id : each));
  await context.store.apply(profile.id, {
    // Times of jobs are GitHub's, by the run's number.
    runs: [{ ...known, id, jobsStartedAt: null, jobsEndedAt: null, queueSeconds: null }],
    learned: { whole: { ...learned, finished } },
  });
  return undefined;
}

/**
 * True for a run that was learned, whether it still stands in the history or not. Of a reported run, what only GitHub
 * tells is still to be learned: its lateness, event and jobs.
 */
export function isHistory(
  state: Pick<RepositoryState, 'runs' | 'learned' | 'olderRuns'>,
  run: Run,
  known: Run | undefined = findRun(state.runs, run),
): boolean {
  if (known !== undefined) {
    const isNewFromGitHub = known.event === REPORTED_EVENT && run.event !== REPORTED_EVENT;
    return known.endedAt !== null && !isNewFromGitHub;
  }
  return wasRolledUp(state.olderRuns ?? [], run) && wasLearned(state.learned, run.id);
}

/** A finished job and the run it belongs to. */
type JobOfRun = JobTimes & { readonly runId: number; readonly attempt: number };

/** Learns one finished job, and adds its times to its run. A job of a run that nothing is known of is left out. */
export async function observeJob(context: Context, seen: SeenRepository, job: JobOfRun): Promise<void> {
  const state = await meetRepository(context, seen);
  const run = findRun(state.runs, { id: job.runId, attempt: job.attempt });
  if (run === undefined) return;
  const observedJobs = observedJobsOf(withPathNow(state, run), [job]);
  if (job.conclusion === 'skipped') {
    // It took no runner, and its times are none of the run's.
    if (observedJobs.length > 0) await context.store.apply(seen.id, { observedJobs });
    return;
  }
  const waitedSeconds = Math.max(0, (job.startedAt - job.createdAt) / 1_000);
  await context.store.apply(seen.id, {
    observedJobs,
    runs: [
      {
        ...run,
        jobsStartedAt: Math.min(run.jobsStartedAt ?? job.startedAt, job.startedAt),
        jobsEndedAt: Math.max(run.jobsEndedAt ?? job.endedAt, job.endedAt),
        queueSeconds: Math.max(run.queueSeconds ?? 0, waitedSeconds),
        // What has ended has been learned: then there is nothing to keep them for.
        ...(run.endedAt === null ? { jobs: withJob(run.jobs ?? [], job) } : {}),
      },
    ],
  });
}

/** What there is to learn of jobs of one run; of later attempts, and of jobs without a name, nothing. */
function observedJobsOf(
  { id, attempt, path }: Pick<Run, 'id' | 'attempt' | 'path'>,
  jobs: readonly JobTimes[],
): readonly ObservedJob[] {
  if (attempt !== 1) return [];
  return jobs.flatMap(({ name, labels = [], conclusion = null, ...times }) => {
    const { id: jobId, createdAt, startedAt, endedAt } = times;
    if (name === undefined || name === '') return [];
    return [{ id: jobId, runId: id, path, name, labels, conclusion, createdAt, startedAt, endedAt }];
  });
}

/** Each once, in whatever order they are told. */
function withJob(jobs: readonly JobSpan[], { id, startedAt, endedAt }: JobSpan): JobSpan[] {
  const others = jobs.filter((job) => job.id !== id);
  return [...others, { id, startedAt, endedAt }].sort((a, b) => a.id - b.id).slice(0, JOBS_KEPT);
}

function jobTimes(
  known: Run | undefined,
): Pick<Run, 'jobsStartedAt' | 'jobsEndedAt' | 'queueSeconds' | 'jobs'> {
  return {
    ...(known?.jobs === undefined ? {} : { jobs: known.jobs }),
    jobsStartedAt: known?.jobsStartedAt ?? null,
    jobsEndedAt: known?.jobsEndedAt ?? null,
    queueSeconds: known?.queueSeconds ?? null,
  };
}

/** A run lasts from its first job's start to its last job's end; its own times also hold GitHub's bookkeeping. */
function withJobTimes(run: Run, known: Run | undefined): Run {
  const times = jobTimes(known);
  if (times.jobsStartedAt === null || times.jobsEndedAt === null) return run;
  return { ...run, ...times, durationSeconds: (times.jobsEndedAt - times.jobsStartedAt) / 1_000 };
}
