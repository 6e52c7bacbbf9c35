import { itemAt, numberAt } from '../checked.ts';
import { minutesToFinishBy } from '../cron/limits.ts';
import type { ScheduleForecast } from '../forecast/types.ts';
import { mean } from '../statistics.ts';
import { DAY_HOURS } from '../time.ts';
import { belief, latenessBelief, trusted } from './belief.ts';
import { doneWithin, FINISH_BY_SHARE, violation } from './finish-by.ts';
import type { PlannedSchedule } from './input.ts';
import { AS_FORECAST, type Stretch } from './kernel.ts';
import { costOfLaterStart, costOfWait } from './later-start.ts';
import { hourOfMinute, hoursAfter, type WeeklyTicks } from './week.ts';

/** The longest shift a window gives by default: the unit in which shifts are weighted. */
const SHIFT_UNIT_MINUTES = 180;

const NO_DEADLINE = new Float64Array(0);

/** The costs of a task's options that do not depend on other tasks. */
export interface OwnCosts {
  /** Per option: minutes of delay plus `costOfWait`; less delay than today counts as far as evidence backs it. */
  readonly wait: Float64Array;
  /** Per option: the cost of a later start alone, which is part of `wait`. */
  readonly laterCost: Float64Array;
  /** Per option: expected share of runs that fail; fewer than today count only as far as evidence backs it. */
  readonly failure: Float64Array;
  /** Per option: P(done by `finish-by`); empty where there is no `finish-by`. */
  readonly finished: Float64Array;
  /** Per option: how far `finished` is below nine in ten. */
  readonly violation: Float64Array;
  /** Per option: size of the shift, 1 for three hours. */
  readonly distance: Float64Array;
  /** Per option: how much earlier it is than `finish-by` asks for, 1 for three hours. */
  readonly early: Float64Array;
}

/** Expected wait and failure of a tick at one UTC hour, and the observations behind them. */
export interface HourExpectation {
  /** Minutes to the start, a dropped tick counted as the wait for the next. */
  readonly wait: number;
  readonly failure: number;
  readonly latenessObservations: number;
  readonly successObservations: number;
}

/** Expectation of a tick at this UTC hour, given its minutes late on each kind of day. */
export function expectationAt(
  forecast: ScheduleForecast,
  hour: number,
  lateMinutes: Float64Array,
  waitForNextMinutes: number,
): HourExpectation {
  const late = itemAt(forecast.lateness, hour);
  const success = itemAt(forecast.success, hour);
  return {
    wait: (1 - late.dropProbability) * mean(lateMinutes) + late.dropProbability * waitForNextMinutes,
    failure: 1 - success.probability,
    latenessObservations: late.observations,
    successObservations: success.observations,
  };
}

/** Own costs of all options (`shifts` in minutes) of a schedule. */
export function ownCosts(
  schedule: PlannedSchedule,
  ticks: WeeklyTicks,
  shifts: Int32Array,
  expectation: (hour: number) => HourExpectation,
  slotEvidenceRuns: number,
): OwnCosts {
  const { wait, failure } = meanExpectations(
    ticks,
    shifts,
    new TrustedExpectations(expectation, slotEvidenceRuns),
  );
  const today = wait[0] ?? 0;
  return {
    wait: wait.map((there, option) => costOfWait(there, today, numberAt(shifts, option))),
    laterCost: wait.map((there, option) => costOfLaterStart(there, today, numberAt(shifts, option))),
    failure,
    ...deadlineCosts(schedule, ticks, shifts),
    distance: Float64Array.from(shifts, (shift) => Math.abs(shift) / SHIFT_UNIT_MINUTES),
  };
}

/** Wait and failure that a move between two UTC hours may count on, computed once per pair. */
class TrustedExpectations {
  readonly #expectation: (hour: number) => HourExpectation;
  readonly #slotEvidenceRuns: number;
  readonly #isKnown = new Uint8Array(DAY_HOURS * DAY_HOURS);
  /** By pair of hours, see `pairOf`. */
  readonly waits = new Float64Array(DAY_HOURS * DAY_HOURS);
  readonly failures = new Float64Array(DAY_HOURS * DAY_HOURS);

  constructor(expectation: (hour: number) => HourExpectation, slotEvidenceRuns: number) {
    this.#expectation = expectation;
    this.#slotEvidenceRuns = slotEvidenceRuns;
  }

  /** Index in `waits` and `failures` of a move from one hour to another; their values at it are set from then on. */
  pairOf(from: number, to: number): number {
    const pair = from * DAY_HOURS + to;
    if (this.#isKnown[pair] === 1) return pair;
    const [here, there] = [this.#expectation(from), this.#expectation(to)];
    const lateness = latenessBelief(there.latenessObservations, here.latenessObservations);
    const success = belief(there.successObservations, here.successObservations, this.#slotEvidenceRuns);
    this.waits[pair] = trusted(there.wait, here.wait, lateness);
    this.failures[pair] = trusted(there.failure, here.failure, success);
    this.#isKnown[pair] = 1;
    return pair;
  }
}

/** Wait and failure of each option, the mean over its ticks. */
function meanExpectations(
  ticks: WeeklyTicks,
  shifts: Int32Array,
  trustedOnes: TrustedExpectations,
): Pick<OwnCosts, 'wait' | 'failure'> {
  const { waits, failures } = trustedOnes;
  const wait = new Float64Array(shifts.length);
  const failure = new Float64Array(shifts.length);
  for (let option = 0; option < shifts.length; option += 1) {
    const shift = numberAt(shifts, option);
    let [waited, failed] = [0, 0];
    for (const { minutes, dayCount } of ticks.patterns) {
      const share = dayCount / ticks.count;
      for (let tick = 0; tick < minutes.length; tick += 1) {
        const minute = numberAt(minutes, tick);
        for (const [hour, part] of hoursAfter(minute, shift)) {
          const pair = trustedOnes.pairOf(hourOfMinute(minute), hour);
          waited += share * part * numberAt(waits, pair);
          failed += share * part * numberAt(failures, pair);
        }
      }
    }
    wait[option] = waited;
    failure[option] = failed;
  }
  return { wait, failure };
}

function deadlineCosts(
  schedule: PlannedSchedule,
  ticks: WeeklyTicks,
  shifts: Int32Array,
): Pick<OwnCosts, 'finished' | 'violation' | 'early'> {
  if (schedule.finishByMinute === null) {
    const nothing = new Float64Array(shifts.length);
    return { finished: NO_DEADLINE, violation: nothing, early: nothing };
  }
  const finished = Float64Array.from(shifts, (shift) => finishProbability(schedule, ticks, shift));
  return { finished, violation: finished.map(violation), early: earliness(shifts, finished) };
}

/**
 * Per option: by how much it is earlier than it need be. A report wanted by seven shall hold the news of that
 * morning: of the options that keep the deadline the latest is meant. The current time is never too early.
 */
function earliness(shifts: Int32Array, finished: Float64Array): Float64Array {
  let latest = Number.NEGATIVE_INFINITY;
  finished.forEach((share, option) => {
    if (share >= FINISH_BY_SHARE) latest = Math.max(latest, numberAt(shifts, option));
  });
  const base = Math.min(latest, 0);
  return Float64Array.from(shifts, (shift) =>
    latest === Number.NEGATIVE_INFINITY ? 0 : Math.max(0, base - shift) / SHIFT_UNIT_MINUTES,
  );
}

/**
 * P(done by `finish-by`) after a shift. Of several ticks a day the best one counts, as it is the one that is meant. 0
 * where there is no `finish-by`.
 */
export function finishProbability(
  schedule: PlannedSchedule,
  ticks: WeeklyTicks,
  shiftMinutes: number,
  stretch: Stretch = AS_FORECAST,
): number {
  const { finishByMinute, notBeforeMinute, forecast } = schedule;
  if (finishByMinute === null) return 0;
  let best = 0;
  for (const { local, utc } of ticks.daily) {
    const minutes = minutesToFinishBy(local, finishByMinute, notBeforeMinute) - shiftMinutes;
    let done = 0;
    for (const [hour, part] of hoursAfter(utc, shiftMinutes))
      done += part * doneWithin(forecast, hour, minutes, stretch);
    best = Math.max(best, done);
  }
  return best;
}
