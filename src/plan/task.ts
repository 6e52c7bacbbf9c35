import { numberAt } from '../checked.ts';
import type { Candidate } from '../cron/candidates.ts';
import { meanOf } from '../forecast/quantile.ts';
import { mean } from '../statistics.ts';
import { DAY_HOURS, DAY_MINUTES, WEEK_MINUTES } from '../time.ts';
import { belief, latenessBelief, SLOT_EVIDENCE_RUNS, trusted } from './evidence.ts';
import { doneWithin, FINISH_BY_SHARE, minutesToDeadline, violation } from './finish-by.ts';
import { HeldElsewhere } from './held-elsewhere.ts';
import type { PlanInput, PlannedSchedule } from './input.ts';
import {
  AS_FORECAST,
  type Kernel,
  kernelOf,
  lateByKind,
  lengthsOf,
  reachOf,
  type Stretch,
} from './kernel.ts';
import type { Shiftable } from './overlap.ts';
import { BIN_MINUTES, hourOfBin, hourOfMinute, type WeeklyTicks, weeklyTicks } from './week.ts';

/** The longest shift a window gives by default: the unit in which shifts are priced. */
const SHIFT_UNIT_MINUTES = 180;

/** What a tick at one UTC hour is expected to bring. */
interface HourOutlook {
  /** Minutes to the start, a dropped tick counted as the wait for the next. */
  readonly wait: number;
  readonly failure: number;
  readonly latenessObservations: number;
  readonly successObservations: number;
}

/** One schedule, its times to choose from, and all of their costs that do not depend on the others. */
export interface Task extends Shiftable {
  readonly schedule: PlannedSchedule;
  /** Crons to choose from; the first is today's. */
  readonly options: readonly Candidate[];
  /** Per option: expected minutes to the start, as far as evidence backs a gain. */
  readonly wait: Float64Array;
  /** Per option: expected share of failures, likewise. */
  readonly failure: Float64Array;
  /** Per option: P(done by `finish-by`); empty where none is wished. */
  readonly finished: Float64Array;
  /** Per option: how far from nine in ten. */
  readonly violation: Float64Array;
  /** Per option: size of the shift, 1 for three hours. */
  readonly distance: Float64Array;
  /** Per option: how much earlier than `finish-by` asks for, 1 for three hours. */
  readonly early: Float64Array;
  /**
   * Per option: expected minutes × jobs a week that it runs while other repositories have the runners it shares with them,
   * counted by the share of those runners that they have; empty where it shares none.
   */
  readonly elsewhere: Float64Array;
  /** USD a week if no run fails: every job rounds up to a whole minute. */
  readonly paid: number;
  /** Expected minutes × jobs of work a week. */
  readonly workMinutes: number;
  /** Minutes late on each kind of day, by UTC hour. */
  lateness(hour: number): Float64Array;
  /** Representative durations in bins. */
  readonly lengths: Float64Array;
  /** UTC hours of an option's ticks, each with its share of them. */
  hourShares(option: number): readonly (readonly [hour: number, share: number])[];
}

/** What schedules of one plan have in common, so that it is worked out once. */
export class TaskShop {
  readonly #input: PlanInput;
  readonly #ticks = new Map<string, WeeklyTicks>();
  readonly #options = new Map<readonly Candidate[], Map<string, Options>>();
  readonly #held: HeldElsewhere;

  constructor(input: PlanInput) {
    this.#input = input;
    this.#held = new HeldElsewhere(input);
  }

  /** Prepares a schedule for planning. */
  taskOf(schedule: PlannedSchedule): Task {
    const task = taskOf(schedule, this.#input, this.#ticksOf(schedule), this.#optionsOf(schedule));
    return { ...task, elsewhere: this.#held.minutesOf(schedule, task) };
  }

  #ticksOf(schedule: PlannedSchedule): WeeklyTicks {
    const { cron, timezone, finishByMinute, refusal } = schedule;
    const name = `${timezone} ${finishByMinute === null} ${refusal === null} ${cron}`;
    const known = this.#ticks.get(name);
    if (known !== undefined) return known;
    const made = weeklyTicks(schedule, this.#input.now);
    this.#ticks.set(name, made);
    return made;
  }

  #optionsOf({ candidates, cron, refusal }: PlannedSchedule): Options {
    const from = refusal === null ? candidates : NO_CANDIDATES;
    const byCron = this.#options.get(from) ?? new Map<string, Options>();
    this.#options.set(from, byCron);
    const known = byCron.get(cron);
    if (known !== undefined) return known;
    const options = orderedOptions(cron, from);
    const shifts = new Int32Array(options.length);
    options.forEach(({ shiftMinutes }, at) => {
      shifts[at] = shiftMinutes;
    });
    const made = { options, shifts };
    byCron.set(cron, made);
    return made;
  }
}

interface Options {
  readonly options: readonly Candidate[];
  readonly shifts: Int32Array;
}

const NO_CANDIDATES: readonly Candidate[] = [];

/** Options in an order that does not depend on the caller's: nearest first. */
function orderedOptions(cron: string, candidates: readonly Candidate[]): Candidate[] {
  const others = candidates
    .filter((candidate) => candidate.cron !== cron)
    .sort(
      (a, b) =>
        Math.abs(a.shiftMinutes) - Math.abs(b.shiftMinutes) ||
        a.shiftMinutes - b.shiftMinutes ||
        (a.cron < b.cron ? -1 : 1),
    );
  return [{ cron, shiftMinutes: 0 }, ...others];
}

function taskOf(
  schedule: PlannedSchedule,
  input: PlanInput,
  ticks: WeeklyTicks,
  { options, shifts }: Options,
): Omit<Task, 'elsewhere'> {
  const { forecast } = schedule;
  const perWeek = Math.max(ticks.count * ticks.weight, 1 / 60);
  const lengths = lengthsOf(forecast.duration.seconds);
  const lates: (Float64Array | undefined)[] = [];
  const lateness = (hour: number): Float64Array => {
    const known = lates[hour];
    if (known !== undefined) return known;
    const made = lateByKind(hourly(forecast.lateness, hour));
    lates[hour] = made;
    return made;
  };
  const kernels: (Kernel | undefined)[] = [];
  const kernel = (hour: number): Kernel => {
    const known = kernels[hour];
    if (known !== undefined) return known;
    const ran = 1 - hourly(forecast.lateness, hour).dropProbability;
    const made = kernelOf(lateness(hour), ran, lengths);
    kernels[hour] = made;
    return made;
  };
  const costs = ownCosts(
    schedule,
    input,
    ticks,
    shifts,
    lateness,
    Math.min(WEEK_MINUTES / perWeek, DAY_MINUTES),
  );
  const span = spanOf(ticks, shifts);
  const bins = ticks.patterns.map(({ minutes }) => binsOf(minutes, shifts, span));
  const width = Math.max(1, schedule.width);
  const meanMinutes = meanOf(forecast.duration.seconds) / 60;
  return {
    schedule,
    ticks,
    width,
    span,
    bins,
    reach: Math.max(0, ...hoursOf(bins).map((hour) => reachOf(kernel(hour)))),
    kernel,
    lateness,
    lengths,
    options,
    shifts,
    ...costs,
    paid: perWeek * (schedule.pricePerMinute ?? 0) * Math.max(1, Math.ceil(meanMinutes)),
    workMinutes: perWeek * width * meanMinutes,
    hourShares: (option) => hourShares(ticks, numberAt(shifts, option)),
  };
}

function hourly<T>(values: readonly T[], hour: number): T {
  const value = values[hour];
  if (value === undefined) throw new RangeError(`A forecast holds 24 hours; hour ${hour} is missing.`);
  return value;
}

/** Bins from midnight that any option's ticks, and their taps, may lie in. */
function spanOf(ticks: WeeklyTicks, shifts: Int32Array): { readonly from: number; readonly to: number } {
  let [first, last, least, most] = [DAY_MINUTES, 0, 0, 0];
  for (const { minutes } of ticks.patterns) {
    first = Math.min(first, minutes[0] ?? first);
    last = Math.max(last, minutes[minutes.length - 1] ?? last);
  }
  for (const shift of shifts) {
    if (shift < least) least = shift;
    if (shift > most) most = shift;
  }
  return {
    from: Math.floor((first + least) / BIN_MINUTES) - 1,
    to: Math.floor((last + most) / BIN_MINUTES) + 2,
  };
}

function binsOf(
  minutes: Int32Array,
  shifts: Int32Array,
  { from, to }: { readonly from: number; readonly to: number },
): Int32Array {
  const own = new Uint8Array(to - from);
  for (let tick = 0; tick < minutes.length; tick += 1) {
    for (let option = 0; option < shifts.length; option += 1) {
      own[Math.floor((numberAt(minutes, tick) + numberAt(shifts, option)) / BIN_MINUTES) - from] = 1;
    }
  }
  const bins = new Int32Array(own.length);
  let count = 0;
  for (let at = 0; at < own.length; at += 1) {
    if (own[at - 1] !== 1 && own[at] !== 1 && own[at + 1] !== 1) continue;
    bins[count] = from + at;
    count += 1;
  }
  return bins.subarray(0, count);
}

function hoursOf(bins: readonly Int32Array[]): number[] {
  const seen = new Uint8Array(24);
  for (const some of bins) for (const bin of some) seen[hourOfBin(bin)] = 1;
  return [...seen.keys()].filter((hour) => seen[hour] === 1);
}

type OwnCosts = Pick<Task, 'wait' | 'failure' | 'finished' | 'violation' | 'distance' | 'early'>;

function ownCosts(
  schedule: PlannedSchedule,
  input: PlanInput,
  ticks: WeeklyTicks,
  shifts: Int32Array,
  lateness: (hour: number) => Float64Array,
  waitForNextMinutes: number,
): OwnCosts {
  const slotEvidence = input.settings.slotEvidenceRuns ?? SLOT_EVIDENCE_RUNS;
  const outlooks: (HourOutlook | undefined)[] = [];
  const outlook = (hour: number): HourOutlook => {
    const known = outlooks[hour];
    if (known !== undefined) return known;
    const late = hourly(schedule.forecast.lateness, hour);
    const success = schedule.forecast.success[hour];
    const made = {
      wait: (1 - late.dropProbability) * mean(lateness(hour)) + late.dropProbability * waitForNextMinutes,
      failure: 1 - (success?.probability ?? 1),
      latenessObservations: late.observations,
      successObservations: success?.observations ?? 0,
    };
    outlooks[hour] = made;
    return made;
  };
  // What is believed of one hour, seen from another, is asked for again and again.
  const isKnown = new Uint8Array(DAY_HOURS * DAY_HOURS);
  const waits = new Float64Array(DAY_HOURS * DAY_HOURS);
  const failures = new Float64Array(DAY_HOURS * DAY_HOURS);
  const believe = (home: number, away: number): number => {
    const pair = home * DAY_HOURS + away;
    if (isKnown[pair] === 1) return pair;
    const [here, there] = [outlook(home), outlook(away)];
    const late = latenessBelief(there.latenessObservations, here.latenessObservations);
    const failed = belief(there.successObservations, here.successObservations, slotEvidence);
    waits[pair] = trusted(there.wait, here.wait, late);
    failures[pair] = trusted(there.failure, here.failure, failed);
    isKnown[pair] = 1;
    return pair;
  };

  const count = shifts.length;
  const wait = new Float64Array(count);
  const failure = new Float64Array(count);
  const distance = new Float64Array(count);
  for (let option = 0; option < count; option += 1) {
    const shift = numberAt(shifts, option);
    let [waited, failed] = [0, 0];
    for (const { minutes, dayCount } of ticks.patterns) {
      const share = dayCount / ticks.count;
      for (let tick = 0; tick < minutes.length; tick += 1) {
        const minute = numberAt(minutes, tick);
        const pair = believe(hourOfMinute(minute), hourOfMinute(minute + shift));
        waited += share * numberAt(waits, pair);
        failed += share * numberAt(failures, pair);
      }
    }
    wait[option] = waited;
    failure[option] = failed;
    distance[option] = Math.abs(shift) / SHIFT_UNIT_MINUTES;
  }
  if (schedule.finishByMinute === null) {
    const nothing = new Float64Array(count);
    return { wait, failure, distance, finished: NOTHING_WISHED, violation: nothing, early: nothing };
  }
  const finished = Float64Array.from(shifts, (shift) => finishProbability(schedule, ticks, shift));
  return {
    wait,
    failure,
    distance,
    finished,
    violation: finished.map(violation),
    early: earliness(shifts, finished),
  };
}

const NOTHING_WISHED = new Float64Array(0);

/**
 * Per option: by how much it is earlier than it need be. Whoever wants a report by seven wants it of this morning:
 * of the times that keep the wish the latest is meant. Today's own time is never called too early.
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

function hourShares(ticks: WeeklyTicks, shift: number): readonly (readonly [number, number])[] {
  const shares = new Map<number, number>();
  for (const { minutes, dayCount } of ticks.patterns) {
    for (const minute of minutes) {
      const hour = hourOfMinute(minute + shift);
      shares.set(hour, (shares.get(hour) ?? 0) + dayCount / ticks.count);
    }
  }
  return [...shares];
}

/**
 * P(done by `finish-by`) after a shift: of several ticks a day the best one counts, it is the one that is
 * meant. 0 where no deadline is wished.
 */
export function finishProbability(
  schedule: PlannedSchedule,
  ticks: WeeklyTicks,
  shiftMinutes: number,
  stretch: Stretch = AS_FORECAST,
): number {
  const { finishByMinute, forecast } = schedule;
  if (finishByMinute === null) return 0;
  let best = 0;
  for (const { local, utc } of ticks.daily) {
    const minutes = minutesToDeadline(local + shiftMinutes, finishByMinute);
    best = Math.max(best, doneWithin(forecast, hourOfMinute(utc + shiftMinutes), minutes, stretch));
  }
  return best;
}
