import { numberIn } from '../../forecast/number-list.ts';
import { type Run, succeeded } from '../../history/run.ts';
import type { JobTrack } from '../../jobs/job-track.ts';
import { median } from '../../statistics.ts';
import { type JobSetting, nameOfJob } from '../proposal.ts';
import { BETTER_FROM, isDue, judgeMerge, LEAST_RUNS, WORSE_FROM } from './judge-merge.ts';
import type { Series } from './series.ts';
import { shiftEvidence } from './shift-evidence.ts';
import type { Finding, Verdict } from './verdict.ts';

/** The facts by which a changed key of a job is judged. */
export interface JobSettingFacts {
  readonly jobKey: JobSetting;
  /** When the merge came into force, epoch ms. */
  readonly since: number;
  readonly now: number;
  /** The job's own track, one for each set of labels that it ran with. */
  readonly own: readonly JobTrack[];
  /** Other jobs on the same runners, and how long they waited before the merge, in seconds, oldest first. */
  readonly others: readonly JobTrack[];
  readonly queueBefore: readonly number[];
  /** Runs of the workflow, oldest first. */
  readonly runs: Iterable<Run>;
  /** Schedules of other files, to tell what changes by itself. */
  readonly beside: readonly Series[];
}

/** The verdict on a key that a job got: `worse` as soon as it is known, every other one after a fortnight. */
export function judgeJobSetting(facts: JobSettingFacts): Verdict {
  return facts.jobKey.key === 'timeout-minutes' ? judgeTimeout(facts) : judgeMaxParallel(facts);
}

/** GitHub ends a job some seconds before or after its limit. */
const LIMIT_SLACK_SECONDS = 30;
/** The limit is at least twice what all but the longest jobs take. */
const USUAL_SHARE = 0.5;

/**
 * A limit does harm where it ends a run that would have passed. Nobody can see that of one run: where a later one ends
 * by itself in the usual time, the work has not grown, and the one that was cut off hung.
 */
function judgeTimeout({ jobKey, since, now, own }: JobSettingFacts): Verdict {
  const key = nameOfJob(jobKey);
  const limit = 60 * jobKey.value;
  const usual = own.flatMap(({ at, seconds }) =>
    at.filter((start, place) => start >= since / 1_000 && numberIn(seconds, place) <= USUAL_SHARE * limit),
  );
  const lastUsual = Math.max(0, ...usual);
  const cuts = own.flatMap(({ cut }) =>
    (cut?.at ?? []).flatMap((at, place) => {
      const isCut = at >= since / 1_000 && numberIn(cut?.seconds ?? [], place) >= limit - LIMIT_SLACK_SECONDS;
      return isCut ? [{ at, run: numberIn(cut?.runs ?? [], place) }] : [];
    }),
  );
  const runs = new Set(cuts.map(({ run }) => run));
  const isHarm = cuts.some(({ at }) => at > lastUsual);
  const samples = own.flatMap(({ at }) => at);
  const runsAfter = samples.filter((at) => at >= since / 1_000).length;
  const finding: Finding = {
    key,
    measure: 'cut-off',
    before: 0,
    after: runs.size,
    expected: 0,
    runsBefore: samples.length - runsAfter,
    runsAfter,
    runsBeside: 0,
    againstNotWorse: isHarm ? WORSE_FROM : 1,
    againstNotBetter: runs.size > 0 && !isHarm ? BETTER_FROM : 1,
  };
  const base = { at: now, findings: [finding], worse: [], missing: [] };
  if (isHarm) return { ...base, kind: 'worse', worse: [key], by: 'cut-off' };
  if (runs.size > 0) return { ...base, kind: 'improved', by: 'cut-off' };
  const missing = [
    ...(isDue(since, now) ? [] : ['the rest of a fortnight']),
    ...(runsAfter < LEAST_RUNS ? [`${LEAST_RUNS - runsAfter} more runs of \`${jobKey.job}\``] : []),
  ];
  return { ...base, kind: missing.length === 0 ? 'no-difference' : 'inconclusive', by: null, missing };
}

/** Added before logs are taken, so that one and twenty seconds of waiting are about the same. */
const ADDED_SECONDS = 60;
/** Waits vary more than durations, and for other reasons. */
const QUEUE = { leastShift: Math.log(1.35), caution: 0.25, allowance: 1 };
/** Jobs before the merge that waits are compared with. */
const BASELINE_JOBS = 60;

/** Runs of the workflow may not take longer or fail more often; what is to be gained is the wait of other jobs. */
function judgeMaxParallel(facts: JobSettingFacts): Verdict {
  const { jobKey, since, now, runs, beside } = facts;
  const series = { key: nameOfJob(jobKey), runs: seriesRuns(runs) };
  const verdict = judgeMerge({ since, now, moved: [series], beside });
  const queue = queueFinding(facts);
  if (queue === null) return verdict;
  const findings = [...verdict.findings, queue];
  const isBetter = verdict.kind !== 'worse' && isDue(since, now) && queue.againstNotBetter >= BETTER_FROM;
  return isBetter
    ? { ...verdict, findings, kind: 'improved', by: 'queue', missing: [] }
    : { ...verdict, findings };
}

function seriesRuns(runs: Iterable<Run>): Series['runs'] {
  return [...runs]
    .filter(({ attempt, endedAt }) => attempt === 1 && endedAt !== null)
    .map(({ createdAt, conclusion, durationSeconds }) => {
      const good = succeeded(conclusion);
      return {
        at: createdAt,
        failed: good === null ? null : !good,
        seconds: good === true ? durationSeconds : null,
        minutesLate: null,
        minutesShared: null,
      };
    });
}

/** Seconds that jobs waited for a runner before an instant (epoch ms), oldest first: too few are kept to ask later. */
export function waitsBefore(tracks: readonly JobTrack[], since: number): readonly number[] {
  return waitsOf(tracks)
    .filter(({ at }) => at < since / 1_000)
    .map(({ seconds }) => seconds)
    .slice(-BASELINE_JOBS);
}

function waitsOf(tracks: readonly JobTrack[]) {
  return tracks
    .flatMap(({ at, queue }) => at.map((start, place) => ({ at: start, seconds: numberIn(queue, place) })))
    .sort((a, b) => a.at - b.at);
}

function queueFinding({ jobKey, since, others, queueBefore }: JobSettingFacts): Finding | null {
  const after = waitsOf(others).filter(({ at }) => at >= since / 1_000);
  if (queueBefore.length === 0 || after.length === 0) return null;
  const logOf = (seconds: number): number => Math.log(seconds + ADDED_SECONDS);
  const logs = queueBefore.map(logOf);
  const later = after.map(({ seconds }) => ({ value: logOf(seconds), drift: 0, weight: 1 }));
  const before = median(queueBefore);
  return {
    key: nameOfJob(jobKey),
    measure: 'queue',
    before,
    after: median(after.map(({ seconds }) => seconds)),
    expected: before,
    runsBefore: queueBefore.length,
    runsAfter: after.length,
    runsBeside: 0,
    againstNotWorse: shiftEvidence(logs, later, 1, QUEUE),
    againstNotBetter: shiftEvidence(logs, later, -1, QUEUE),
  };
}
