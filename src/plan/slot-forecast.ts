import { itemAt, numberAt } from '../checked.ts';
import { quantileAtScore } from '../forecast/quantile.ts';
import { Z90 } from '../statistics.ts';
import type { SlotForecast } from './decision.ts';
import { LoadField } from './load-field.ts';
import { type Choice, takenByOthers } from './objective.ts';
import { overlapOf } from './overlap.ts';
import { forecastShares, type Task } from './task.ts';

/** Steps of the table below: 1/64 of a run, up to eight, above which another run is certain. */
const STEPS_PER_RUN = 64;
const MOST_RUNS = 8;
const CHANCES = Float64Array.from(
  { length: MOST_RUNS * STEPS_PER_RUN + 2 },
  (_, step) => -Math.expm1(-step / STEPS_PER_RUN),
);

/** The chance that at least one other run is in progress where so many are expected. */
function chanceOfOtherRun(expected: number): number {
  if (expected <= 0) return 0;
  if (expected >= MOST_RUNS) return 1;
  const place = expected * STEPS_PER_RUN;
  const step = Math.floor(place);
  const [low, high] = [numberAt(CHANCES, step), numberAt(CHANCES, step + 1)];
  return low + (place - step) * (high - low);
}

/** Estimates for any task how long its runs overlap with others at these choices. Built once for each choice. */
export class ConcurrencyEstimate {
  readonly #field: LoadField;
  readonly #tasks: readonly Task[];
  readonly #choice: Choice;

  constructor(tasks: readonly Task[], choice: Choice, background: readonly number[]) {
    // A run is in progress or not, however many jobs it has.
    this.#tasks = tasks.map((task) => ({ ...task, countedJobs: 1 }));
    this.#choice = Int32Array.from(choice);
    this.#field = new LoadField(this.#tasks, background);
    this.#tasks.forEach((task, at) => {
      this.#field.place(task, this.#shift(at), 1);
    });
  }

  #shift(at: number): number {
    return numberAt(itemAt(this.#tasks, at).shifts, numberAt(this.#choice, at));
  }

  /** Expected minutes a week during which runs of task `at`, put at `option`, are not alone. */
  minutesShared(at: number, option: number): number {
    const task = itemAt(this.#tasks, at);
    const overlap = (): number => overlapOf(task, option, this.#field);
    const shared = this.#field.withScheduleRemoved(task, this.#shift(at), overlap, {
      transform: chanceOfOtherRun,
    });
    return Math.max(0, shared);
  }
}

/** What the forecasts say of a task at one option, beside the runs that `concurrency` was built of. */
export function slotForecastOf(
  task: Task,
  at: number,
  option: number,
  concurrency: ConcurrencyEstimate,
): SlotForecast {
  const { forecast } = task.schedule;
  const shares = forecastShares(task, option);
  const mean = (value: (hour: number) => number): number => {
    let sum = 0;
    for (const [hour, share] of shares) sum += share * value(hour);
    return sum;
  };
  const late = (score: number): number =>
    mean((hour) => quantileAtScore(itemAt(forecast.lateness, hour).minutes, score));
  const success = mean((hour) => itemAt(forecast.success, hour).probability);
  return {
    latenessMedianMinutes: late(0),
    latenessP90Minutes: late(Z90),
    durationMedianSeconds: quantileAtScore(forecast.duration.seconds, 0),
    durationP90Seconds: quantileAtScore(forecast.duration.seconds, Z90),
    successProbability: shares.length === 0 ? 1 : Math.min(1, Math.max(0, success)),
    overlapMinutesPerWeek: concurrency.minutesShared(at, option),
    ...(task.elsewhere.length === 0 || task.workMinutes === 0
      ? {}
      : { runnersHeld: Math.min(1, takenByOthers(task, option) / task.workMinutes) }),
    finishByProbability: task.finished.length === 0 ? null : numberAt(task.finished, option),
  };
}
