import { numberAt } from '../checked.ts';
import { DAY_KINDS, type Kernel } from './kernel.ts';
import {
  BIN_MINUTES,
  DAY_BINS,
  DAYS,
  daysIn,
  daysLater,
  hourOfBin,
  TAP_SHARES,
  TAPS,
  WEEK_BINS,
  type WeeklyTicks,
} from './week.ts';

/** The parts of a schedule that a load field needs to place it. */
export interface Placeable {
  readonly ticks: WeeklyTicks;
  /** Jobs of a run that count as load, side by side. */
  readonly countedJobs: number;
  /** Bins from midnight between which its ticks may lie, those of all its options, taps included. */
  readonly span: { readonly from: number; readonly to: number };
  /** Bins after a tick that its runs may touch. */
  readonly reach: number;
  /** Kernel of a tick at this UTC hour. */
  kernel(hour: number): Kernel;
}

/** Changes a mean day's load before it is summed up, for example into the chance that any job is in progress. */
export type LoadTransform = (load: number) => number;

/** A run reaches at most a day ahead, and a window is at most three days long: other days cannot matter. */
const MOST_DAYS_APART = 4;

/** Steps of the load, or their sums, by bin and kind of day, over a stretch of bins. */
export interface Steps {
  readonly from: number;
  readonly bins: number;
  readonly values: Float64Array;
}

/**
 * Load summed over the days of one pattern: all that a schedule which ticks alike on these days can overlap with.
 * Bins count from the midnight of such a day; `from` may lie before it. All arrays are typed and hold the kinds of
 * day side by side in each bin: the search spends most of its time here.
 */
export class DayPatternLoad {
  readonly #days: number;
  readonly #dayCount: number;
  readonly #placed: Steps;
  readonly #background: Float64Array;
  /** Jobs of all that is placed; out of date until the next sum. */
  readonly #load: Float64Array;
  #isSummed = true;
  /** Job-bins before each bin since the first bin of the last sum. */
  readonly #before: Float64Array;
  readonly #nothing: Float64Array;
  readonly #scratch: Float64Array;
  /** Pairs of days by how far they are apart, for each day mask of another schedule. */
  readonly #dayPairs = new Map<number, Int32Array>();

  constructor(days: number, from: number, to: number, background: readonly number[]) {
    this.#days = days;
    this.#dayCount = daysIn(days);
    const bins = to - from;
    this.#placed = { from, bins, values: new Float64Array(DAY_KINDS * bins) };
    this.#load = new Float64Array(DAY_KINDS * bins);
    this.#before = new Float64Array(DAY_KINDS * (bins + 1));
    this.#nothing = new Float64Array(DAY_KINDS * bins);
    this.#scratch = new Float64Array(DAY_KINDS * bins);
    this.#background = new Float64Array(DAY_KINDS * bins);
    for (let at = 0; at < bins; at += 1) {
      const jobs = backgroundAt(background, days, from + at);
      this.#background.fill(jobs, DAY_KINDS * at, DAY_KINDS * (at + 1));
    }
  }

  /** Adds a schedule so many times, its ticks shifted by so many minutes. */
  place(schedule: Placeable, shiftMinutes: number, times: number): void {
    this.#addSchedule(schedule, shiftMinutes, times, this.#placed);
    this.#isSummed = false;
  }

  #addSchedule(schedule: Placeable, shiftMinutes: number, times: number, into: Steps): void {
    const { ticks, countedJobs } = schedule;
    const jobs = times * ticks.weight * countedJobs;
    for (const { days, minutes } of ticks.patterns) {
      const dayPairs = this.#dayPairsWith(days);
      for (let tick = 0; tick < minutes.length; tick += 1) {
        this.#addTick(schedule, numberAt(minutes, tick) + shiftMinutes, jobs, dayPairs, into);
      }
    }
  }

  /** Adds the runs of one tick, which is shared by the bin before, its own, and the one after. */
  #addTick(schedule: Placeable, minute: number, jobs: number, dayPairs: Int32Array, into: Steps): void {
    const own = Math.floor(minute / BIN_MINUTES);
    const taps = (minute - own * BIN_MINUTES) * TAPS;
    for (let tap = 0; tap < TAPS; tap += 1) {
      const bin = own + tap - 1;
      const share = jobs * numberAt(TAP_SHARES, taps + tap);
      addOnAllDays(into, bin, schedule.kernel(hourOfBin(bin)), schedule.reach, share, dayPairs);
    }
  }

  #dayPairsWith(days: number): Int32Array {
    const known = this.#dayPairs.get(days);
    if (known !== undefined) return known;
    const counts = Int32Array.from({ length: 2 * MOST_DAYS_APART + 1 }, (_, at) => {
      const apart = at - MOST_DAYS_APART;
      return daysIn(this.#days & daysLater(days, -apart));
    });
    this.#dayPairs.set(days, counts);
    return counts;
  }

  /** Brings the sums of all bins up to date. */
  updateSums(): void {
    this.updateSumsWithout({ ...this.#placed, values: this.#nothing });
  }

  /** Brings the sums of the bins that a schedule's load covers up to date, with all but that load. */
  updateSumsWithout({ from, bins, values }: Steps, transform?: LoadTransform): void {
    if (!this.#isSummed) sumSteps(this.#placed.values, this.#load);
    this.#isSummed = true;
    const [before, load, background, days] = [this.#before, this.#load, this.#background, this.#dayCount];
    const start = DAY_KINDS * (from - this.#placed.from);
    const end = DAY_KINDS * bins;
    before.fill(0, start, start + DAY_KINDS);
    for (let at = 0; at < end; at += 1) {
      const place = start + at;
      const jobs = numberAt(load, place) - numberAt(values, at) + numberAt(background, place);
      before[place + DAY_KINDS] =
        numberAt(before, place) + (transform === undefined ? jobs : transform(jobs / days) * days);
    }
  }

  /** One schedule's load over its bins, so many after its last tick. Unless `isKept`, valid until the next call. */
  loadOf(schedule: Placeable, shiftMinutes: number, reach: number, isKept: boolean): Steps {
    const { span } = schedule;
    const bins = Math.min(span.to + reach, this.#placed.from + this.#placed.bins) - span.from;
    const size = DAY_KINDS * bins;
    const values = isKept ? new Float64Array(size) : this.#scratch.subarray(0, size).fill(0);
    const load = { from: span.from, bins, values };
    this.#addSchedule(schedule, shiftMinutes, 1, load);
    sumSteps(values, values);
    return load;
  }

  /** Minutes × jobs that a run of one job, its tick in `bin`, shares with what is placed, summed over the days. */
  overlapAt(bin: number, kernel: Kernel): number {
    const { places, steps } = kernel;
    const before = this.#before;
    const base = DAY_KINDS * (bin - this.#placed.from);
    let sum = 0;
    for (let at = 0; at < places.length; at += 1) {
      sum -= numberAt(steps, at) * numberAt(before, base + numberAt(places, at));
    }
    return (sum * BIN_MINUTES) / DAY_KINDS;
  }

  /** The same for each kind of day, as if every day were of that kind, added to `into`. */
  addOverlapByKind(bin: number, kernel: Kernel, share: number, into: Float64Array): void {
    const { starts, offsets, steps } = kernel;
    const place = bin - this.#placed.from;
    for (let kind = 0; kind < DAY_KINDS; kind += 1) {
      let sum = 0;
      for (let at = numberAt(starts, kind); at < numberAt(starts, kind + 1); at += 1) {
        // A stretched run may end after the last bin: what lies behind it is cut off.
        const offset = Math.min(numberAt(offsets, at), this.#placed.bins - place);
        const sums = DAY_KINDS * (place + offset) + kind;
        sum -= numberAt(steps, at) * numberAt(this.#before, sums);
      }
      into[kind] = numberAt(into, kind) + share * BIN_MINUTES * sum;
    }
  }

  /** Mean load of a bin on a mean day of the pattern. */
  meanLoadAt(bin: number): number {
    let sum = 0;
    for (let kind = 0; kind < DAY_KINDS; kind += 1) {
      const at = DAY_KINDS * (bin - this.#placed.from) + kind;
      sum += numberAt(this.#before, at + DAY_KINDS) - numberAt(this.#before, at);
    }
    return sum / DAY_KINDS / this.#dayCount;
  }
}

/** Background jobs in a bin from midnight, summed over the days of a mask. */
function backgroundAt(background: readonly number[], days: number, binOfDay: number): number {
  let jobs = 0;
  for (let day = 0; day < DAYS; day += 1) {
    if ((days & (1 << day)) === 0) continue;
    const bin = binOfDay + DAY_BINS * day;
    jobs += background[((bin % WEEK_BINS) + WEEK_BINS) % WEEK_BINS] ?? 0;
  }
  return jobs;
}

/** Adds a kernel at a bin of each day near enough to matter, as often as two days of both patterns are so far apart. */
function addOnAllDays(
  { from, bins, values }: Steps,
  bin: number,
  kernel: Kernel,
  reach: number,
  share: number,
  dayPairs: Int32Array,
): void {
  for (let apart = -MOST_DAYS_APART; apart <= MOST_DAYS_APART; apart += 1) {
    const base = bin + DAY_BINS * apart - from;
    const times = numberAt(dayPairs, apart + MOST_DAYS_APART);
    if (times === 0 || base >= bins || base + reach < 0) continue;
    addKernel(values, base, kernel, share * times);
  }
}

/** Adds a kernel to steps: a step before the first bin is added to the first, one behind the last is left out. */
function addKernel(values: Float64Array, base: number, { places, steps }: Kernel, share: number): void {
  const start = DAY_KINDS * base;
  for (let at = 0; at < places.length; at += 1) {
    const own = numberAt(places, at);
    let place = start + own;
    if (place >= values.length) continue;
    if (place < 0) place = own % DAY_KINDS;
    values[place] = numberAt(values, place) + share * numberAt(steps, at);
  }
}

/** Sums up steps, each kind of day by itself; `into` may be the steps themselves. */
function sumSteps(steps: Float64Array, into: Float64Array): void {
  for (let kind = 0; kind < DAY_KINDS; kind += 1) into[kind] = numberAt(steps, kind);
  for (let at = DAY_KINDS; at < steps.length; at += 1) {
    into[at] = numberAt(into, at - DAY_KINDS) + numberAt(steps, at);
  }
}
