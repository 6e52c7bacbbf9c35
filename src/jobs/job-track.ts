import { z } from 'zod';
import { numberIn, numberList, withNumber } from '../forecast/number-list.ts';
import { RECENT_VALUES } from '../forecast/recent-values.ts';
import { succeeded } from '../history/run.ts';
import type { Immutable } from '../immutable.ts';
import { baseName, billedMinutes, labelsKey, type ObservedJob } from './observed-job.ts';

/** How a job of one run ended: success, failure, skipped, or none of them (cancelled, stale). */
const OUTCOMES = { success: 's', failure: 'f', skipped: 'k', other: 'c' } as const;

/**
 * What the runs of one job have shown: jobs of one name, without the values of a matrix, on runners of the same
 * labels. The jobs of a matrix in one run make one sample. The lists have one entry a sample, oldest first.
 */
export const JobTrack = z.object({
  name: z.string(),
  /** As `labelsKey` writes them. */
  labels: z.string(),
  /** End of the newest job, epoch ms. */
  lastAt: z.number(),
  runs: numberList(),
  /** Starts, epoch seconds. */
  at: numberList(),
  /** Seconds of work of the longest job of the run, to a tenth. */
  seconds: numberList(),
  /** Seconds of work of all jobs of the run together. */
  totals: numberList(),
  /** Longest wait for a runner, seconds. */
  queue: numberList(),
  /** Minutes that GitHub bills for all of them. */
  billed: numberList(),
  /** Jobs of the run: the width of the matrix. */
  legs: numberList(),
  /** The last outcomes, oldest first, a letter a run. */
  outcomes: z.string(),
  lastRun: z.number(),
  /** Samples in which every job succeeded. */
  successes: z.number().int().nonnegative(),
  failures: z.number().int().nonnegative(),
  skipped: z.number().int().nonnegative(),
  /** The longest successful jobs, in seconds, the longest first. */
  longest: numberList(),
  /** Of the newest jobs cancelled or timed out: runs, starts (epoch seconds), seconds of work; absent for none. */
  cut: z.object({ runs: numberList(), at: numberList(), seconds: numberList() }).optional(),
});
export type JobTrack = Immutable<z.infer<typeof JobTrack>>;

/** Samples kept: as many values as the forecaster looks back on. */
export const SAMPLES_KEPT = RECENT_VALUES;
/** The fifth longest of 800 is the 99.5 % point: with more successes than that it is told a little too long. */
const LONGEST_KEPT = 5;

/** Cut jobs kept: whether a limit has cut them is asked every few hours. */
const CUT_KEPT = 20;

/** Key of a job within its workflow; none is the name of anything that every object has. */
export function trackKey({ name, labels }: Pick<JobTrack, 'name' | 'labels'>): string {
  return `${name} [${labels}]`;
}

/** A job without runs. */
export function newTrack(job: Pick<ObservedJob, 'name' | 'labels'>): JobTrack {
  return {
    name: baseName(job.name),
    labels: labelsKey(job.labels),
    lastAt: 0,
    runs: [],
    at: [],
    seconds: [],
    totals: [],
    queue: [],
    billed: [],
    legs: [],
    outcomes: '',
    lastRun: 0,
    successes: 0,
    failures: 0,
    skipped: 0,
    longest: [],
  };
}

/** The track after one more job. Only those that succeeded or failed tell how long the work takes. */
export function updateTrack(track: JobTrack, job: ObservedJob): JobTrack {
  const outcome = outcomeOf(job);
  const counted = withCut(
    withOutcome({ ...track, lastAt: Math.max(track.lastAt, job.endedAt) }, job, outcome),
    job,
  );
  return outcome === OUTCOMES.success || outcome === OUTCOMES.failure ? withSample(counted, job) : counted;
}

function outcomeOf({ conclusion }: ObservedJob): string {
  if (conclusion === 'skipped') return OUTCOMES.skipped;
  const success = succeeded(conclusion);
  return success === null ? OUTCOMES.other : success ? OUTCOMES.success : OUTCOMES.failure;
}

/** A job that ran into a limit ends as cancelled, or as timed out. */
function withCut(track: JobTrack, { runId, conclusion, startedAt, endedAt }: ObservedJob): JobTrack {
  if (conclusion !== 'cancelled' && conclusion !== 'timed_out') return track;
  const { runs = [], at = [], seconds = [] } = track.cut ?? {};
  const cut = {
    runs: [...runs, runId].slice(-CUT_KEPT),
    at: [...at, Math.floor(startedAt / 1_000)].slice(-CUT_KEPT),
    seconds: [...seconds, tenths(Math.max(0, endedAt - startedAt) / 1_000)].slice(-CUT_KEPT),
  };
  return { ...track, cut };
}

/** Jobs of one run count once: the worst outcome is theirs. */
function withOutcome(track: JobTrack, job: ObservedJob, outcome: string): JobTrack {
  const isSame = track.lastRun === job.runId && track.outcomes !== '';
  const before = isSame ? track.outcomes.slice(-1) : '';
  const after = isSame && severity(before) >= severity(outcome) ? before : outcome;
  const older = isSame ? track.outcomes.slice(0, -1) : track.outcomes;
  const changed = (letter: string): number => Number(after === letter) - Number(before === letter);
  return {
    ...track,
    lastRun: job.runId,
    outcomes: (older + after).slice(-SAMPLES_KEPT),
    successes: track.successes + changed(OUTCOMES.success),
    failures: track.failures + changed(OUTCOMES.failure),
    skipped: track.skipped + changed(OUTCOMES.skipped),
  };
}

function severity(outcome: string): number {
  return 'kscf'.indexOf(outcome);
}

/** What becomes of the values of two jobs of one run. */
type Join = (one: number, other: number) => number;

function withSample(track: JobTrack, job: ObservedJob): JobTrack {
  const seconds = tenths(Math.max(0, job.endedAt - job.startedAt) / 1_000);
  const queue = tenths(Math.max(0, job.startedAt - job.createdAt) / 1_000);
  const billed = billedMinutes(seconds);
  const at = Math.floor(job.startedAt / 1_000);
  const longest = succeeded(job.conclusion) === true ? withLong(track.longest, seconds) : track.longest;
  const place = track.runs.lastIndexOf(job.runId);
  const sum: Join = (one, other) => one + other;
  /** The list with the job's value, joined to that of the run's other jobs where there are some. */
  const put = (list: readonly number[], value: number, join: Join): number[] =>
    place < 0 ? withLast(list, value) : withNumber(list, place, join(numberIn(list, place), value));
  return {
    ...track,
    longest,
    runs: place < 0 ? withLast(track.runs, job.runId) : track.runs,
    at: put(track.at, at, Math.min),
    seconds: put(track.seconds, seconds, Math.max),
    totals: put(track.totals, seconds, (one, other) => tenths(one + other)),
    queue: put(track.queue, queue, Math.max),
    billed: put(track.billed, billed, sum),
    legs: put(track.legs, 1, sum),
  };
}

function withLast(list: readonly number[], value: number): number[] {
  return [...list.slice(Math.max(0, list.length + 1 - SAMPLES_KEPT)), value];
}

function withLong(longest: readonly number[], seconds: number): readonly number[] {
  const least = longest.at(-1) ?? 0;
  if (longest.length >= LONGEST_KEPT && seconds <= least) return longest;
  return [...longest, seconds].sort((a, b) => b - a).slice(0, LONGEST_KEPT);
}

function tenths(seconds: number): number {
  return Math.round(10 * seconds) / 10;
}

/** Longest successful job (seconds) and the 99.5 % point of all; `null` before the first success. */
export function durationTail({
  longest,
  successes,
}: Pick<JobTrack, 'longest' | 'successes'>): { readonly q995: number; readonly longest: number } | null {
  const [first] = longest;
  if (first === undefined) return null;
  const place = Math.min(longest.length - 1, Math.floor(0.005 * successes));
  return { q995: numberIn(longest, place), longest: first };
}
