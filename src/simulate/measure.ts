import { itemAt } from '../checked.ts';
import { minutesToFinishBy } from '../cron/limits.ts';
import { localMinuteOfDay } from '../cron/timezone.ts';
import { zeros } from '../forecast/number-list.ts';
import { DAY_HOURS, DAY_MS, HOUR_MS, MINUTE_MS, WEEK_MS } from '../time.ts';
import type { Execution, FinishedJob } from './engine.ts';
import type { Started } from './runs.ts';
import type { SimulatedSchedule } from './world.ts';

/** Figures of a simulated time span; those that grow with time are per week. */
export interface Measures {
  /** Minutes from tick to completion, without lost ticks: the mean over schedules of their means. */
  readonly completionMinutes: number;
  /** Mean minutes a job waited for a runner. */
  readonly queueMinutes: number;
  /** Minutes × jobs a week that runs share, each pair of jobs of different runs counted once. */
  readonly overlapMinutes: number;
  /** Most jobs in progress at once, the mean over the weeks. */
  readonly peakJobs: number;
  readonly failures: number;
  readonly costUsd: number;
  /** Minutes that jobs of schedules take of runners, each rounded up. */
  readonly runnerMinutes: number;
  /** Share of ticks with a deadline that miss it, lost ticks included; `null` where there is no deadline. */
  readonly lateShare: number | null;
  /** Share of ticks without a run. */
  readonly lostShare: number;
}

/** The figures of one simulated span (epoch ms). */
export function measure(
  schedules: readonly SimulatedSchedule[],
  started: Started,
  { jobs, endedAt }: Execution,
  from: number,
  to: number,
): Measures {
  const weeks = (to - from) / WEEK_MS;
  const ticks = total(started.ticks);
  return {
    completionMinutes: meanCompletion(schedules, started, endedAt),
    queueMinutes:
      total(jobs.map((job) => (job.startedAt - job.queuedAt) / MINUTE_MS)) / Math.max(1, jobs.length),
    ...sweep(jobs, from, to),
    failures: started.runs.filter(({ fails }) => fails).length / weeks,
    costUsd: total(jobs.map(paid)) / weeks,
    runnerMinutes: total(jobs.map((job) => (job.run < 0 ? 0 : wholeMinutes(job)))) / weeks,
    lateShare: lateShare(schedules, started, endedAt),
    lostShare: ticks === 0 ? 0 : total(started.lost) / ticks,
  };
}

function meanCompletion(
  schedules: readonly SimulatedSchedule[],
  { runs }: Started,
  endedAt: Execution['endedAt'],
): number {
  const completions = schedules.map(() => ({ sum: 0, count: 0 }));
  runs.forEach(({ place, tick }, at) => {
    const end = itemAt(endedAt, at);
    if (end === null) return;
    const own = itemAt(completions, place);
    own.sum += (end - tick) / MINUTE_MS;
    own.count += 1;
  });
  const completed = completions.filter(({ count }) => count > 0);
  return total(completed.map(({ sum, count }) => sum / count)) / Math.max(1, completed.length);
}

function lateShare(
  schedules: readonly SimulatedSchedule[],
  { runs, lost }: Started,
  endedAt: Execution['endedAt'],
): number | null {
  let [late, due] = [0, 0];
  runs.forEach(({ place, tick }, at) => {
    const { finishByMinute, notBeforeMinute, shiftMinutes = 0, timezone } = itemAt(schedules, place);
    if (finishByMinute === null) return;
    due += 1;
    const before = localMinuteOfDay(tick, timezone) - shiftMinutes;
    const minutes = minutesToFinishBy(before, finishByMinute, notBeforeMinute) - shiftMinutes;
    const end = itemAt(endedAt, at);
    if (end === null || (end - tick) / MINUTE_MS > minutes) late += 1;
  });
  schedules.forEach(({ finishByMinute }, place) => {
    if (finishByMinute === null) return;
    due += itemAt(lost, place);
    late += itemAt(lost, place);
  });
  return due === 0 ? null : late / due;
}

/** Every job rounds up to a whole minute. */
function paid(job: FinishedJob): number {
  return job.pricePerMinute === 0 ? 0 : wholeMinutes(job) * job.pricePerMinute;
}

function wholeMinutes({ startedAt, endedAt }: FinishedJob): number {
  return Math.ceil((endedAt - startedAt) / MINUTE_MS);
}

function total(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** Starts and ends of all jobs in order of time; of simultaneous ones the ends come first. */
function changesOf(
  jobs: readonly FinishedJob[],
): { readonly at: number; readonly run: number; readonly by: 1 | -1 }[] {
  const changes = jobs.flatMap(({ run, startedAt, endedAt }) => [
    { at: startedAt, run, by: 1 as const },
    { at: endedAt, run, by: -1 as const },
  ]);
  return changes.sort((a, b) => a.at - b.at || a.by - b.by);
}

/** Overlap and peak, in one pass over all starts and ends. Each job of no schedule (run −1) is a run of its own. */
function sweep(
  jobs: readonly FinishedJob[],
  from: number,
  to: number,
): Pick<Measures, 'overlapMinutes' | 'peakJobs'> {
  const ofRun = new Map<number, number>();
  const peaks = zeros(Math.max(1, Math.ceil((to - from) / WEEK_MS)));
  // Pairs of jobs of different runs: (jobs² − Σ (jobs of a run)²) / 2. No plan changes overlap within the background.
  let [here, others, squares, before, overlap] = [0, 0, 0, from, 0];
  for (const { at, run, by } of changesOf(jobs)) {
    const pairs = (here * here - squares) / 2 + here * others;
    overlap += pairs * (at - before);
    before = at;
    if (run < 0) others += by;
    else {
      const own = ofRun.get(run) ?? 0;
      squares += 2 * own * by + 1;
      here += by;
      if (own + by === 0) ofRun.delete(run);
      else ofRun.set(run, own + by);
    }
    const week = Math.min(peaks.length - 1, Math.max(0, Math.floor((at - from) / WEEK_MS)));
    peaks[week] = Math.max(itemAt(peaks, week), here + others);
  }
  const weeks = (to - from) / WEEK_MS;
  return { overlapMinutes: overlap / MINUTE_MS / weeks, peakJobs: total(peaks) / peaks.length };
}

/** Mean jobs in progress by UTC hour of the day, 24 values. */
export function loadByHour(jobs: readonly FinishedJob[], from: number, to: number): number[] {
  const hours = zeros(DAY_HOURS);
  for (const { startedAt, endedAt } of jobs) {
    for (let at = startedAt; at < endedAt; ) {
      const next = Math.min(endedAt, (Math.floor(at / HOUR_MS) + 1) * HOUR_MS);
      const hour = Math.floor(at / HOUR_MS) % DAY_HOURS;
      hours[hour] = itemAt(hours, hour) + (next - at) / HOUR_MS;
      at = next;
    }
  }
  const days = (to - from) / DAY_MS;
  return hours.map((sum) => sum / days);
}
