import { numberIn } from '../forecast/number-list.ts';
import { median } from '../statistics.ts';
import type { JobNode } from './graph.ts';
import { forecastNext, logSeconds } from './job-forecast.ts';
import { type NodeSample, nodeSamples } from './node-samples.ts';

/** What is known of the times of one job of a file. */
export interface JobModel {
  /** Oldest first. */
  readonly samples: readonly NodeSample[];
  /** Expected work of the next run, log seconds; `null` for a job that was never seen. */
  readonly level: number | null;
  /** By run: how its work differed from the level of its time, log units. */
  readonly residuals: ReadonlyMap<number, number>;
  readonly queues: ReadonlyMap<number, number>;
  /** Log seconds of work by run. */
  readonly work: ReadonlyMap<number, number>;
  readonly firstRun: number;
}

/** The level of a run's time is the median of so many samples on either side of it, and itself. */
const LEVEL_REACH = 4;
/** A sample draws that median to itself: residuals are told so much too small. */
const RESIDUAL_STRETCH = 1.1;
const NO_TIME = { work: 0, queue: 0 } as const;

/** The model of a job's next run, which starts at `at` (epoch ms). */
export function jobModel({ tracks, job }: JobNode, at: number): JobModel {
  const samples = nodeSamples(tracks, job.uses !== null);
  const logs = samples.map(logSeconds);
  const next = forecastNext(samples, at);
  const byRun = (value: (place: number) => number): ReadonlyMap<number, number> =>
    new Map(samples.map(({ run }, place) => [run, value(place)]));
  return {
    samples,
    level: next === null ? null : Math.log(next.q50),
    residuals: byRun((place) => {
      const level = median(logs.slice(Math.max(0, place - LEVEL_REACH), place + LEVEL_REACH + 1));
      return RESIDUAL_STRETCH * (numberIn(logs, place) - level);
    }),
    queues: byRun((place) => samples[place]?.queue ?? 0),
    work: byRun((place) => numberIn(logs, place)),
    firstRun: Math.min(...samples.map(({ run }) => run)),
  };
}

/** Runs of which any job is known, oldest first. */
export function runsOf(models: readonly JobModel[]): readonly number[] {
  const starts = new Map<number, number>();
  for (const { samples } of models) {
    for (const { run, at } of samples) starts.set(run, Math.min(at, starts.get(run) ?? at));
  }
  return [...starts].sort(([, a], [, b]) => a - b).map(([run]) => run);
}

/** Work and wait (seconds) of a job as in a past run, at the level of the next one. */
export function timesIn(
  model: JobModel,
  run: number,
  random: () => number,
): { readonly work: number; readonly queue: number } {
  const { samples, level, residuals, queues, firstRun } = model;
  if (level === null) return NO_TIME;
  const residual = residuals.get(run);
  if (residual !== undefined) return { work: Math.exp(level + residual), queue: queues.get(run) ?? 0 };
  // Skipped or cancelled in that run, when it was there already; of a younger job that run says nothing.
  if (run >= firstRun) return NO_TIME;
  const other = samples[Math.floor(random() * samples.length)];
  return other === undefined ? NO_TIME : timesIn(model, other.run, random);
}
