import type { ObservedJob } from '../../src/jobs/observed-job.ts';
import { MONDAY, observed, PATH } from './observed.ts';

/** One job of a made run: seconds of work of each of its legs. */
export interface MadeJob {
  readonly name: string;
  readonly needs?: readonly string[];
  readonly legs: readonly number[];
  readonly maxParallel?: number;
  /** Seconds after which a leg is ended. */
  readonly timeout?: number;
  /** True where the job is not run. */
  readonly skipped?: boolean;
}

/** A run that begins at a second; of one branch a newer one cancels the older ones where `cancels` says so. */
export interface MadeRun {
  readonly at: number;
  readonly jobs: readonly MadeJob[];
  readonly cancels?: boolean;
}

interface Leg {
  readonly run: number;
  readonly job: MadeJob;
  readonly leg: number;
  readonly queuedAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly isCut: boolean;
}

/** What a made repository has lived. */
export interface Lived {
  readonly legs: readonly Leg[];
  /** Seconds from first start to last end, run by run. */
  readonly makespans: readonly number[];
  readonly runnerSeconds: number;
}

/** Plays runs on so many runners: whoever is queued first gets the next free one. */
export function play(runs: readonly MadeRun[], runners = Number.POSITIVE_INFINITY): Lived {
  const waiting: { run: number; job: MadeJob; leg: number; queuedAt: number }[] = [];
  const working: Leg[] = [];
  const legs: Leg[] = [];
  const cancelledAt = runs.map((_, at) =>
    runs[at + 1]?.cancels === true ? (runs[at + 1]?.at ?? 0) : Number.POSITIVE_INFINITY,
  );
  const queued = new Set<string>();
  let time = 0;
  const ended = (run: number, name: string): boolean => {
    const job = runs[run]?.jobs.find((one) => one.name === name);
    const done = legs.filter((leg) => leg.run === run && leg.job.name === name).length;
    return job === undefined || job.skipped === true || done === job.legs.length;
  };
  const queue = (): void => {
    for (const [run, { at, jobs }] of runs.entries()) {
      if (at > time || (cancelledAt[run] ?? 0) <= time) continue;
      for (const job of jobs) {
        if (job.skipped === true || !(job.needs ?? []).every((need) => ended(run, need))) continue;
        for (const leg of job.legs.keys()) {
          const key = `${run} ${job.name} ${leg}`;
          const busy = [...waiting, ...working].filter((one) => one.run === run && one.job === job).length;
          if (queued.has(key) || busy >= (job.maxParallel ?? Number.POSITIVE_INFINITY)) continue;
          queued.add(key);
          waiting.push({ run, job, leg, queuedAt: time });
        }
      }
    }
  };
  for (;;) {
    queue();
    while (working.length < runners && waiting.length > 0) {
      const next = waiting.shift();
      if (next === undefined || (cancelledAt[next.run] ?? 0) <= time) continue;
      const work = next.job.legs[next.leg] ?? 0;
      const limit = Math.min(next.job.timeout ?? 6 * 3_600, (cancelledAt[next.run] ?? 0) - time);
      working.push({ ...next, startedAt: time, endedAt: time + Math.min(work, limit), isCut: work > limit });
    }
    const ends = working.map(({ endedAt }) => endedAt);
    const starts = runs.map(({ at }) => at).filter((at) => at > time);
    const next = Math.min(...ends, ...starts);
    if (!Number.isFinite(next)) break;
    time = next;
    for (const leg of working.filter(({ endedAt }) => endedAt <= time)) {
      working.splice(working.indexOf(leg), 1);
      legs.push(leg);
    }
  }
  return {
    legs,
    makespans: runs.map((_, run) => {
      const own = legs.filter((leg) => leg.run === run);
      return Math.max(...own.map((leg) => leg.endedAt)) - Math.min(...own.map((leg) => leg.startedAt));
    }),
    runnerSeconds: legs.reduce((sum, { startedAt, endedAt }) => sum + endedAt - startedAt, 0),
  };
}

/** The jobs of what was lived, as GitHub tells of them; those that were skipped too. */
export function observedOf({ legs }: Lived, runs: readonly MadeRun[]): readonly ObservedJob[] {
  const ran = legs.map(({ run, job, leg, queuedAt, startedAt, endedAt, isCut }, at) =>
    observed(at + 1, {
      runId: run + 1,
      path: PATH,
      name: job.legs.length === 1 ? job.name : `${job.name} (${leg + 1})`,
      at: queuedAt,
      waited: startedAt - queuedAt,
      worked: endedAt - startedAt,
      conclusion: isCut ? 'cancelled' : 'success',
    }),
  );
  const skipped = runs.flatMap(({ at, jobs }, run) =>
    jobs
      .filter((job) => job.skipped === true)
      .map(({ name }, place) =>
        observed(100_000 + 10 * run + place, { runId: run + 1, name, at, worked: 0, conclusion: 'skipped' }),
      ),
  );
  return [...ran, ...skipped].sort((a, b) => a.endedAt - b.endedAt);
}

/** When all is over, epoch ms. */
export function endOf({ legs }: Lived): number {
  return MONDAY + 1_000 * Math.max(...legs.map(({ endedAt }) => endedAt));
}
