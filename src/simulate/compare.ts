import { z } from 'zod';
import { itemAt } from '../checked.ts';
import { zeros } from '../forecast/number-list.ts';
import { mean, sampleVariance, Z975 } from '../statistics.ts';
import { DAY_HOURS, DAY_MS } from '../time.ts';
import { execute } from './engine.ts';
import { loadByHour, type Measures, measure } from './measure.ts';
import { startedRuns } from './runs.ts';
import type { SimulatedSchedule, World } from './world.ts';

/** Student's t at 97.5 % for 1, 2 … degrees of freedom; beyond them the normal quantile is used. */
const T975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
];

/** Means of a figure before and after over the repetitions, their difference, and its 95 % interval. */
export const Compared = z.object({
  before: z.number(),
  after: z.number(),
  difference: z.number(),
  low: z.number(),
  high: z.number(),
});
export type Compared = z.infer<typeof Compared>;

/** What `simulate` finds: both plans in the same worlds, several times. */
export const Simulation = z.object({
  days: z.number().int(),
  repetitions: z.number().int(),
  seed: z.number().int(),
  schedules: z.number().int(),
  moved: z.number().int(),
  /** Minutes from tick to completion, the mean over schedules. */
  completionMinutes: Compared,
  /** Minutes a job waits for a runner. */
  queueMinutes: Compared,
  /** Minutes × jobs a week that runs share. */
  overlapMinutes: Compared,
  peakJobs: Compared,
  /** Failed runs a week. */
  failures: Compared,
  /** USD a week. */
  costUsd: Compared,
  /** Minutes a week that jobs of schedules take of runners, each job rounded up as GitHub bills it. */
  runnerMinutes: Compared,
  /** Share of ticks with a `finish-by` that miss it; `null` where there is none. */
  lateShare: Compared.nullable(),
  /** Share of ticks without a run. */
  lostShare: Compared,
  /** Mean jobs in progress by UTC hour. */
  load: z.object({ before: z.array(z.number()), after: z.array(z.number()) }),
});
export type Simulation = z.infer<typeof Simulation>;

export interface SimulationRequest {
  readonly before: readonly SimulatedSchedule[];
  /** The same schedules at their planned times. */
  readonly after: readonly SimulatedSchedule[];
  /** The world of one repetition. */
  readonly worldOf: (seed: number, from: number, to: number) => World;
  /** Limits of jobs at once that differ for `after`, by name of the runners. */
  readonly limitsAfter?: Readonly<Record<string, number>>;
  /** Epoch ms of the first simulated day. */
  readonly from: number;
  readonly days: number;
  readonly repetitions: number;
  readonly seed: number;
}

/** Plays both plans through the same worlds, one for each repetition. */
export function simulate(request: SimulationRequest): Simulation {
  const steps = simulationSteps(request);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/** The same in steps, one for each plan and repetition, so that the caller can do other work in between. */
export function* simulationSteps(request: SimulationRequest): Generator<undefined, Simulation> {
  const { from, days, repetitions, seed, limitsAfter = {} } = request;
  const to = from + days * DAY_MS;
  const before: Measures[] = [];
  const after: Measures[] = [];
  const load = { before: zeros(DAY_HOURS), after: zeros(DAY_HOURS) };
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const today = request.worldOf(seed + repetition, from, to);
    const then = { ...today, jobLimits: { ...today.jobLimits, ...limitsAfter } };
    for (const [schedules, world, into, hours] of [
      [request.before, today, before, load.before],
      [request.after, then, after, load.after],
    ] as const) {
      const started = startedRuns(schedules, world, from, to);
      const execution = execute(schedules, started.runs, world);
      into.push(measure(schedules, started, execution, from, to));
      loadByHour(execution.jobs, from, to).forEach((jobs, hour) => {
        hours[hour] = itemAt(hours, hour) + jobs / repetitions;
      });
      yield;
    }
  }
  const of = (figure: (measures: Measures) => number): Compared =>
    compared(before.map(figure), after.map(figure));
  return {
    days,
    repetitions,
    seed,
    schedules: request.before.length,
    moved: request.before.filter(({ cron }, at) => cron !== request.after[at]?.cron).length,
    completionMinutes: of((one) => one.completionMinutes),
    queueMinutes: of((one) => one.queueMinutes),
    overlapMinutes: of((one) => one.overlapMinutes),
    peakJobs: of((one) => one.peakJobs),
    failures: of((one) => one.failures),
    costUsd: of((one) => one.costUsd),
    runnerMinutes: of((one) => one.runnerMinutes),
    lateShare: before.some(({ lateShare }) => lateShare === null) ? null : of((one) => one.lateShare ?? 0),
    lostShare: of((one) => one.lostShare),
    load,
  };
}

/** Means, and the 95 % interval of the paired difference's mean. */
export function compared(before: readonly number[], after: readonly number[]): Compared {
  const differences = after.map((value, at) => value - itemAt(before, at));
  const difference = mean(differences);
  const margin = marginOf(differences);
  return {
    before: mean(before),
    after: mean(after),
    difference,
    low: difference - margin,
    high: difference + margin,
  };
}

/** Half the width of the 95 % interval of a mean; 0 for a single value, which has no variance. */
export function marginOf(values: readonly number[]): number {
  const count = values.length;
  if (count < 2) return 0;
  return (T975[count - 2] ?? Z975) * Math.sqrt(sampleVariance(values) / count);
}
