import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { itemAt, ownValue } from '../../checked.ts';
import type { Config } from '../../config/config.ts';
import { runnersOf, valueForRunners } from '../../config/runner-names.ts';
import { jobLimits, pricePerMinute } from '../../config/runners.ts';
import { minutesBetween } from '../../cron/distance.ts';
import { readableCron } from '../../cron/readable-cron.ts';
import { DEFAULT_GENES } from '../../genes/genes.ts';
import { matchJobs } from '../../jobs/graph.ts';
import { learnedShares } from '../../jobs/job-shares.ts';
import type { LearnedJobs } from '../../jobs/learned-jobs.ts';
import type { Decision } from '../../plan/decision.ts';
import type { PlanInput, PlannedSchedule } from '../../plan/input.ts';
import { type AbResult, abTest } from '../../simulate/ab.ts';
import { type Simulation, simulate, simulationSteps } from '../../simulate/compare.ts';
import { forecastWorld } from '../../simulate/forecast-world.ts';
import type { SimulatedJob, SimulatedSchedule } from '../../simulate/world.ts';
import { DAY_MS } from '../../time.ts';
import type { WorkflowFile } from '../../workflow/schedule.ts';
import { type PlanSources, planInput } from './plan-input.ts';

/** Most ticks of all repetitions together: about a second of work. */
const MOST_TICKS = 100_000;
/** A week shows each weekday once. */
const LEAST_DAYS = 7;

/** Four weeks: every weekday four times. */
const QUOTED_DAYS = 28;
/** Enough repetitions for an interval. */
const QUOTED_REPETITIONS = 8;

export interface PlanToSimulate {
  readonly files: readonly WorkflowFile[];
  readonly config: Config;
  /** The planner's input: forecasts and background. */
  readonly input: PlanInput;
  /** New cron by schedule key. */
  readonly moves: ReadonlyMap<string, string>;
  /** Tracks of jobs, as learned from their runs; none where left out. */
  readonly jobs?: LearnedJobs | undefined;
  /** Other limits of jobs at once under the plan, by name of the runners; those of today where left out. */
  readonly limitsAfter?: Readonly<Record<string, number>> | undefined;
}

export interface SimulationSpan {
  /** Epoch ms. */
  readonly from: number;
  readonly days: number;
  readonly repetitions: number;
  readonly seed: number;
}

/** Simulates the current and the planned schedules over the same days, in the world of the forecasts. */
export function simulatePlan(plan: PlanToSimulate, span: SimulationSpan): Simulation {
  const { before, after, worldOf } = playersOf(plan);
  return simulate({ before, after, worldOf, ...span });
}

/** The same, with a turn of the event loop after each step: a large repository takes seconds. */
export async function simulatePlanInTurns(plan: PlanToSimulate, span: SimulationSpan): Promise<Simulation> {
  const { limitsAfter } = plan;
  const steps = simulationSteps({ ...playersOf(plan), ...(limitsAfter && { limitsAfter }), ...span });
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await turnOfTheEventLoop();
  }
}

/** The simulation that a proposal quotes: four weeks ahead, or as many days as take about a second. */
export function simulateDecision(
  sources: Omit<PlanSources, 'genes'>,
  decision: Decision,
): Promise<Simulation> {
  const { files, config, jobs } = sources;
  const input = planInput({ ...sources, genes: DEFAULT_GENES });
  const moves = new Map(
    decision.schedules.filter(({ outcome }) => outcome === 'move').map(({ key, to }) => [key, to]),
  );
  return simulatePlanInTurns(
    { files, config, input, moves, jobs },
    {
      // Whole days, so that an updated proposal keeps its figures where nothing has changed.
      from: Math.floor(decision.at / DAY_MS) * DAY_MS,
      days: affordableDays(input, QUOTED_DAYS, QUOTED_REPETITIONS),
      repetitions: QUOTED_REPETITIONS,
      seed: decision.seed,
    },
  );
}

/** Simulates an A/B test: a share of the schedules at their planned times, the rest as they are. */
export function simulateAb(plan: PlanToSimulate, span: SimulationSpan, share: number): AbResult {
  const { before, after, worldOf } = playersOf(plan);
  const { from, days, seed } = span;
  return abTest({ before, after, worldOf, from, days, seed, share });
}

/** The most days, up to `days`, that can be simulated in about a second. */
export function affordableDays(input: PlanInput, days: number, repetitions: number): number {
  const perDay = input.schedules.reduce((sum, schedule) => {
    const cron = readableCron(schedule);
    return sum + (cron === null ? 0 : cron.dayMinutes.length);
  }, 0);
  return Math.min(days, Math.max(LEAST_DAYS, Math.floor(MOST_TICKS / Math.max(1, perDay * repetitions))));
}

function playersOf({ files, config, input, moves, jobs: learned }: PlanToSimulate) {
  const jobs = new Map(files.map((file) => [file.path, jobsOf(file, config, learned)]));
  // Where no run has succeeded or failed nobody knows what one would take.
  const schedules = input.schedules.filter(
    (schedule) => schedule.noOutcome !== true && readableCron(schedule) !== null,
  );
  const before = schedules.map(
    (schedule): SimulatedSchedule => ({
      key: schedule.key,
      cron: schedule.cron,
      timezone: schedule.timezone,
      jobs: jobs.get(schedule.path) ?? [],
      finishByMinute: schedule.finishByMinute,
      ...(schedule.notBeforeMinute === undefined ? {} : { notBeforeMinute: schedule.notBeforeMinute }),
      concurrencyGroup: schedule.concurrencyGroup ?? null,
    }),
  );
  const { background, elsewhere = {} } = input;
  const model = { schedules, jobLimits: jobLimits(config), background, elsewhere };
  return {
    before,
    after: before.map((schedule, at) => movedTo(schedule, moves.get(schedule.key), itemAt(schedules, at))),
    worldOf: (seed: number, from: number, to: number) => forecastWorld(model, seed, from, to),
  };
}

function movedTo(
  schedule: SimulatedSchedule,
  to: string | undefined,
  { candidates }: PlannedSchedule,
): SimulatedSchedule {
  if (to === undefined) return schedule;
  // A daily tick may have moved the longer way round the clock, which the two crons alone do not tell.
  const found = candidates.find(({ cron }) => cron === to);
  return { ...schedule, cron: to, shiftMinutes: found?.shiftMinutes ?? minutesBetween(schedule.cron, to) };
}

function jobsOf(
  { path, jobs }: WorkflowFile,
  config: Config,
  learned: LearnedJobs | undefined,
): readonly SimulatedJob[] {
  const places = new Map(jobs.map(({ id }, at) => [id, at]));
  const runners = jobs.map(({ runsOn }) => runnersOf(runsOn));
  const limits = jobLimits(config);
  const graph = matchJobs(jobs, Object.values(ownValue(learned?.workflows ?? {}, path)?.jobs ?? {}));
  // A wait for runners whose limit is known comes about in the simulator.
  const shares = learnedShares(graph, (at) => valueForRunners(limits, itemAt(runners, at)) !== undefined);
  return jobs.map(({ needs, width, runsOn }, at) => ({
    needs: needs.flatMap((id) => places.get(id) ?? []),
    width: width ?? 1,
    runners: itemAt(runners, at),
    pricePerMinute: pricePerMinute(config, runsOn),
    ...(shares?.[at] === undefined ? {} : { share: shares[at] }),
  }));
}
