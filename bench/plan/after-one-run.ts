import { forecastOf, scheduleForecaster } from '../../src/forecast/forecast-schedule.ts';
import { type Learning, learnNext } from '../../src/forecast/learn.ts';
import type { ScheduleForecast } from '../../src/forecast/types.ts';
import { Couplings } from '../../src/plan/couplings.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { fieldOf, rawTerms, termWeightsOf } from '../../src/plan/objective.ts';
import { Search } from '../../src/plan/search.ts';
import { TaskFactory } from '../../src/plan/task.ts';
import { type Case, inputOf, JUDGED_FROM, runsBetween } from './case.ts';

/**
 * What one more scheduled run changes, and what a re-plan would have to do at least; times are processor time in ms.
 */
export interface AfterOneRun {
  /** Schedules whose forecast the run has changed at all. */
  readonly changed: number;
  /** Those of which a median lateness has changed by more than one hundredth. */
  readonly changedMuch: number;
  readonly forecastsMs: number;
  /** Costs and load of all tasks, their ticks and options kept. */
  readonly modelMs: number;
  /** One evaluation of each schedule. */
  readonly evaluationsMs: number;
}

const MUCH = 0.01;

/**
 * Learns the runs between `now` and `JUDGED_FROM`, one after the other, at most so many, and after each of them does
 * what no re-plan can leave out where all forecasts have changed. The case's learned state is not touched.
 */
export function afterEachRun(of: Case, now: number, runs: number): readonly AfterOneRun[] {
  const input = inputOf(of, now);
  let learning: Learning = of;
  const forecasts = (at: number): readonly ScheduleForecast[] => {
    const forecaster = scheduleForecaster(learning.learned, learning.pool, at);
    return of.cast.map(({ key, path }) => forecastOf(forecaster, { key, path, timezone: 'UTC' }));
  };
  const taskFactory = new TaskFactory(input);
  const following = runsBetween(of, now, JUDGED_FROM).slice(0, runs);
  return following.map((run) => {
    const at = run.endedAt ?? now;
    const before = forecasts(at);
    const entries = of.cast.filter(({ path }) => path === run.path);
    learning = learnNext(
      learning,
      run,
      entries.map(({ key, path, cron }) => ({ key, path, cron, timezone: 'UTC' })),
    );
    const [forecastsMs, after] = processorTime(() => forecasts(at));
    const [modelMs, search] = processorTime(() => modelOf(taskFactory, input, after));
    const [evaluationsMs] = processorTime(() => of.cast.map((_, place) => search.bestResponse(place).best));
    const count = (is: (one: ScheduleForecast, other: ScheduleForecast) => boolean): number =>
      before.filter((one, place) => is(one, after[place] as ScheduleForecast)).length;
    return {
      changed: count((one, other) => figures(one) !== figures(other)),
      changedMuch: count((one, other) => largestChange(one, other) > MUCH),
      forecastsMs,
      modelMs,
      evaluationsMs,
    };
  });
}

function modelOf(taskFactory: TaskFactory, input: PlanInput, forecasts: readonly ScheduleForecast[]): Search {
  const { background, settings } = input;
  const tasks = input.schedules.map((schedule, place) =>
    taskFactory.taskOf({ ...schedule, forecast: forecasts[place] as ScheduleForecast }),
  );
  const nothingMoved = new Int32Array(tasks.length);
  const today = rawTerms(tasks, nothingMoved, fieldOf(tasks, nothingMoved, background), null);
  const termWeights = termWeightsOf(tasks, today, settings.weights);
  return new Search(
    { tasks, termWeights, background, couplings: new Couplings(tasks), crowding: null },
    { budget: tasks.length, movable: tasks.map(() => true), leastGain: tasks.map(() => 0) },
  );
}

/** All that the planner reads of a forecast. */
function figures({ duration, lateness, success }: ScheduleForecast): string {
  return JSON.stringify([duration.seconds, lateness, success]);
}

/** Largest relative change of the median lateness at any hour. */
function largestChange(one: ScheduleForecast, other: ScheduleForecast): number {
  const changes = one.lateness.map(({ minutes }, hour) =>
    Math.abs((other.lateness[hour]?.minutes.q50 ?? minutes.q50) / minutes.q50 - 1),
  );
  return Math.max(...changes);
}

function processorTime<T>(work: () => T): readonly [ms: number, made: T] {
  const begun = process.cpuUsage();
  const made = work();
  const { user, system } = process.cpuUsage(begun);
  return [(user + system) / 1000, made];
}
