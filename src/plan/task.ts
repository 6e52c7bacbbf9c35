import { itemAt, numberAt } from '../checked.ts';
import type { Candidate } from '../cron/candidates.ts';
import { meanOf } from '../forecast/quantile.ts';
import { DAY_HOURS, DAY_MINUTES, WEEK_MINUTES } from '../time.ts';
import { SLOT_EVIDENCE_RUNS } from './belief.ts';
import { type PlanInput, type PlannedSchedule, RUNNERS } from './input.ts';
import { DAY_KINDS, kernelOf, lateByKind, lengthsOf, reachOf } from './kernel.ts';
import type { Shiftable } from './overlap.ts';
import { expectationAt, type OwnCosts, ownCosts } from './own-costs.ts';
import { RunnersTaken } from './runners-taken.ts';
import { scarceRunners } from './scarce-runners.ts';
import { BIN_MINUTES, hourOfBin, hourOfMinute, hoursAfter, type WeeklyTicks, weeklyTicks } from './week.ts';

/** Fewer ticks a week than this, one in sixty weeks, are none: it keeps the wait for the next tick finite. */
const LEAST_TICKS_A_WEEK = 1 / 60;

type HourShares = readonly (readonly [hour: number, share: number])[];

/** One schedule, its times to choose from, and all of their costs that do not depend on the others. */
export interface Task extends Shiftable, OwnCosts {
  readonly schedule: PlannedSchedule;
  /** Crons to choose from; the first is the current one. */
  readonly options: readonly Candidate[];
  /**
   * Per option: expected minutes × jobs a week that it runs while other repositories have the runners it shares with
   * them, counted by the share of those runners that they have; empty where it shares none.
   */
  readonly elsewhere: Float64Array;
  /** USD a week if no run fails: every job rounds up to a whole minute. */
  readonly paid: number;
  /** Jobs side by side at the widest point: the schedule's `width`, at least 1; 0 where it has never run. */
  readonly jobs: number;
  /** Jobs that count as load: `jobs` where runners are scarce, else 0, as none then takes anything from another. */
  readonly countedJobs: number;
  /** Whether times at hours of unknown lateness were left out of its options. */
  readonly leavesUnknownOut: boolean;
  /** Expected minutes × jobs of work a week, of jobs that count. */
  readonly workMinutes: number;
  /** Minutes late on each kind of day, by UTC hour. */
  lateness(hour: number): Float64Array;
  /** Representative durations in bins. */
  readonly lengths: Float64Array;
  /** UTC hours of an option's ticks, each with its share of them. */
  hourShares(option: number): HourShares;
}

/** Makes the tasks of one plan; what several of them have in common is computed once. */
export class TaskFactory {
  readonly #input: PlanInput;
  readonly #ticks = new Map<string, WeeklyTicks>();
  readonly #options = new Map<readonly Candidate[], Map<string, Options>>();
  readonly #runnersTaken: RunnersTaken;
  readonly #scarce: ReadonlySet<string>;

  constructor(input: PlanInput) {
    this.#input = input;
    this.#runnersTaken = new RunnersTaken(input);
    this.#scarce = scarceRunners(input);
  }

  taskOf(schedule: PlannedSchedule): Task {
    const ticks = this.#ticksOf(schedule);
    const isScarce = this.#scarce.has(schedule.runners ?? RUNNERS);
    const all = taskOf(schedule, this.#input, ticks, this.#optionsOf(schedule), isScarce);
    const task = isScarce || isMissingDeadline(all) ? all : this.#withKnownHours(all);
    return { ...task, elsewhere: this.#runnersTaken.minutesOf(schedule, task) };
  }

  /**
   * The task without times at hours of which no lateness is known: nothing but overlap could speak for them, and that
   * does no harm where runners are free.
   */
  #withKnownHours(task: Omit<Task, 'elsewhere'>): Omit<Task, 'elsewhere'> {
    const known = task.options.filter((_, option) => option === 0 || isKnownHour(task, option));
    if (known.length === task.options.length) return task;
    const kept = taskOf(task.schedule, this.#input, task.ticks, withShifts(known), false);
    return { ...kept, leavesUnknownOut: true };
  }

  #ticksOf(schedule: PlannedSchedule): WeeklyTicks {
    const { cron, timezone, finishByMinute, refusal, noOutcome = false } = schedule;
    const name = `${timezone} ${finishByMinute === null} ${refusal?.code} ${noOutcome} ${cron}`;
    const known = this.#ticks.get(name);
    if (known !== undefined) return known;
    const made = weeklyTicks(schedule, this.#input.now);
    this.#ticks.set(name, made);
    return made;
  }

  #optionsOf({ candidates, cron, refusal, noOutcome }: PlannedSchedule): Options {
    const from = refusal === null && noOutcome !== true ? candidates : NO_CANDIDATES;
    const byCron = this.#options.get(from) ?? new Map<string, Options>();
    this.#options.set(from, byCron);
    const known = byCron.get(cron);
    if (known !== undefined) return known;
    const made = withShifts(orderedOptions(cron, from));
    byCron.set(cron, made);
    return made;
  }
}

interface Options {
  readonly options: readonly Candidate[];
  readonly shifts: Int32Array;
}

function withShifts(options: readonly Candidate[]): Options {
  return { options, shifts: Int32Array.from(options, ({ shiftMinutes }) => shiftMinutes) };
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
  { settings }: PlanInput,
  ticks: WeeklyTicks,
  { options, shifts }: Options,
  isScarce: boolean,
): Omit<Task, 'elsewhere'> {
  const { forecast } = schedule;
  const ticksAWeek = Math.max(ticks.count * ticks.weight, LEAST_TICKS_A_WEEK);
  const waitForNext = Math.min(WEEK_MINUTES / ticksAWeek, DAY_MINUTES);
  const lengths = lengthsOf(forecast.duration.seconds);
  const lateness = cachedByHour((hour) => lateByKind(itemAt(forecast.lateness, hour)));
  const kernel = cachedByHour((hour) =>
    kernelOf(lateness(hour), 1 - itemAt(forecast.lateness, hour).dropProbability, lengths),
  );
  const expectation = cachedByHour((hour) => expectationAt(forecast, hour, lateness(hour), waitForNext));
  const span = spanOf(ticks, shifts);
  const bins = ticks.patterns.map(({ minutes }) => binsOf(minutes, shifts, span));
  const jobs = schedule.noOutcome === true ? 0 : Math.max(1, schedule.width);
  const countedJobs = isScarce ? jobs : 0;
  const meanMinutes = meanOf(forecast.duration.seconds) / 60;
  return {
    ...ownCosts(schedule, ticks, shifts, expectation, settings.slotEvidenceRuns ?? SLOT_EVIDENCE_RUNS),
    schedule,
    ticks,
    jobs,
    countedJobs,
    leavesUnknownOut: false,
    span,
    bins,
    reach: Math.max(0, ...hoursOf(bins).map((hour) => reachOf(kernel(hour)))),
    kernel,
    lateness,
    lengths,
    options,
    shifts,
    paid:
      ticksAWeek *
      (schedule.usdPerRun ?? (schedule.pricePerMinute ?? 0) * Math.max(1, Math.ceil(meanMinutes))),
    workMinutes: ticksAWeek * countedJobs * meanMinutes,
    hourShares(option) {
      const shift = numberAt(shifts, option);
      return sharesByHour(ticks, (minute) => [[hourOfMinute(minute + shift), 1]]);
    },
  };
}

/** Whether its `finish-by` is not kept now: then it may go where nothing is known, too. */
function isMissingDeadline({ violation }: Pick<Task, 'violation'>): boolean {
  return numberAt(violation, 0) > 0;
}

/** Ticks seen at an hour from which its lateness is known. */
export const KNOWN_FROM_TICKS = 5;

/** Whether lateness is known at all hours of an option, other than those at which its schedule ticks now. */
export function isKnownHour(
  { schedule, hourShares }: Pick<Task, 'schedule' | 'hourShares'>,
  option: number,
): boolean {
  const now = new Set(hourShares(0).map(([hour]) => hour));
  return hourShares(option).every(
    ([hour]) => now.has(hour) || itemAt(schedule.forecast.lateness, hour).observations >= KNOWN_FROM_TICKS,
  );
}

/** Minutes late, on each kind of day, of a tick `shift` minutes after one at `minute`. */
export function latenessAfter(lateness: Task['lateness'], minute: number, shift: number): Float64Array {
  const late = new Float64Array(DAY_KINDS);
  for (const [hour, part] of hoursAfter(minute, shift)) {
    const there = lateness(hour);
    for (let kind = 0; kind < DAY_KINDS; kind += 1)
      late[kind] = numberAt(late, kind) + part * numberAt(there, kind);
  }
  return late;
}

/** Computes a value for each UTC hour once, when it is first asked for. */
function cachedByHour<T>(compute: (hour: number) => T): (hour: number) => T {
  const values: (T | undefined)[] = [];
  return (hour) => {
    const known = values[hour];
    if (known !== undefined) return known;
    const value = compute(hour);
    values[hour] = value;
    return value;
  };
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

/** Bins of a span over which ticks at these minutes are smeared at any of these shifts, in order. */
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
  const seen = new Uint8Array(DAY_HOURS);
  for (const some of bins) for (const bin of some) seen[hourOfBin(bin)] = 1;
  return [...seen.keys()].filter((hour) => seen[hour] === 1);
}

/** UTC hours whose forecasts tell the ticks of an option, each with its part of them. */
export function forecastShares(
  { ticks, shifts }: Pick<Task, 'ticks' | 'shifts'>,
  option: number,
): HourShares {
  const shift = numberAt(shifts, option);
  return sharesByHour(ticks, (minute) => hoursAfter(minute, shift));
}

/** The parts of the hours that stand for each tick, as shares of all ticks. */
function sharesByHour({ patterns, count }: WeeklyTicks, hoursOf: (minute: number) => HourShares): HourShares {
  const shares = new Map<number, number>();
  for (const { minutes, dayCount } of patterns) {
    for (const minute of minutes) {
      for (const [hour, part] of hoursOf(minute))
        shares.set(hour, (shares.get(hour) ?? 0) + (part * dayCount) / count);
    }
  }
  return [...shares];
}
