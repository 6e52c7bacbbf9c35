import { itemAt, numberAt } from '../checked.ts';
import { DAY_KINDS, type Kernel } from './kernel.ts';
import {
  BIN_MINUTES,
  DAY_BINS,
  DAYS,
  type DayPattern,
  daysIn,
  daysLater,
  EVERY_DAY,
  hourOfBin,
  TAP_SHARES,
  TAPS,
  WEEK_BINS,
  type WeeklyTicks,
} from './week.ts';

/** What the field must know of a schedule to place it. */
export interface Placeable {
  readonly ticks: WeeklyTicks;
  /** Jobs side by side. */
  readonly width: number;
  /** Bins from midnight between which its ticks may come to lie, those of all its options, taps included. */
  readonly span: { readonly from: number; readonly to: number };
  /** Bins after a tick that its runs may touch. */
  readonly reach: number;
  /** Kernel of a tick at this UTC hour. */
  kernel(hour: number): Kernel;
}

/** A run reaches at most a day ahead, and a window is at most three days long: so many days round it may matter. */
const DAYS_ROUND = 4;

/** Steps of the load, or their sums, by bin and kind of day, over a stretch of bins. */
interface Steps {
  readonly from: number;
  readonly bins: number;
  readonly values: Float64Array;
}

/**
 * Load summed over the days of one pattern: all that a schedule which ticks alike on these days can meet. Bins
 * count from the midnight of such a day; `from` may lie before it. All arrays hold the kinds of day side by side in each bin.
 */
class Fold {
  readonly days: number;
  readonly dayCount: number;
  readonly #all: Steps;
  readonly #background: Float64Array;
  /** Jobs of all that is placed; out of date until `#sumUp`. */
  readonly #load: Float64Array;
  #isSummed = true;
  /** Job-bins before each bin since where it was last settled from. */
  readonly #before: Float64Array;
  readonly #nothing: Float64Array;
  readonly #scratch: Float64Array;
  /** How many pairs of days stand so far apart, by the mask of the other schedule. */
  readonly #meetings = new Map<number, Int32Array>();

  constructor(days: number, from: number, to: number, background: readonly number[]) {
    this.days = days;
    this.dayCount = daysIn(days);
    const bins = to - from;
    this.#all = { from, bins, values: new Float64Array(DAY_KINDS * bins) };
    this.#load = new Float64Array(DAY_KINDS * bins);
    this.#before = new Float64Array(DAY_KINDS * (bins + 1));
    this.#nothing = new Float64Array(DAY_KINDS * bins);
    this.#scratch = new Float64Array(DAY_KINDS * bins);
    this.#background = new Float64Array(DAY_KINDS * bins);
    for (let at = 0; at < bins; at += 1) {
      let jobs = 0;
      for (let day = 0; day < DAYS; day += 1) {
        if ((days & (1 << day)) === 0) continue;
        const bin = from + at + DAY_BINS * day;
        jobs += background[((bin % WEEK_BINS) + WEEK_BINS) % WEEK_BINS] ?? 0;
      }
      this.#background.fill(jobs, DAY_KINDS * at, DAY_KINDS * (at + 1));
    }
  }

  /** Adds so many times a schedule, its ticks shifted by so many minutes. */
  place(schedule: Placeable, shiftMinutes: number, times: number): void {
    this.#add(schedule, shiftMinutes, times, this.#all);
    this.#isSummed = false;
  }

  #add(schedule: Placeable, shiftMinutes: number, times: number, into: Steps): void {
    const { ticks, width } = schedule;
    const jobs = times * ticks.weight * width;
    for (const pattern of ticks.patterns) this.#addPattern(schedule, pattern, shiftMinutes, jobs, into);
  }

  #addPattern(schedule: Placeable, pattern: DayPattern, shift: number, jobs: number, into: Steps): void {
    const meetings = this.#meetingsWith(pattern.days);
    const { minutes } = pattern;
    const { reach } = schedule;
    const { from, bins } = into;
    for (let tick = 0; tick < minutes.length; tick += 1) {
      const minute = numberAt(minutes, tick) + shift;
      const own = Math.floor(minute / BIN_MINUTES);
      const taps = (minute - own * BIN_MINUTES) * TAPS;
      for (let tap = 0; tap < TAPS; tap += 1) {
        const bin = own + tap - 1;
        const share = jobs * numberAt(TAP_SHARES, taps + tap);
        const kernel = schedule.kernel(hourOfBin(bin));
        for (let apart = -DAYS_ROUND; apart <= DAYS_ROUND; apart += 1) {
          const base = bin + DAY_BINS * apart - from;
          const times = numberAt(meetings, apart + DAYS_ROUND);
          if (times === 0 || base >= bins || base + reach < 0) continue;
          addKernel(into.values, base, kernel, share * times);
        }
      }
    }
  }

  #meetingsWith(days: number): Int32Array {
    const known = this.#meetings.get(days);
    if (known !== undefined) return known;
    const counts = Int32Array.from({ length: 2 * DAYS_ROUND + 1 }, (_, at) =>
      // Of a tick `apart` days after one of ours: whose days, so many days back, are ours.
      daysIn(this.days & daysLater(days, -(at - DAYS_ROUND))),
    );
    this.#meetings.set(days, counts);
    return counts;
  }

  /** Brings the sums of all bins up to date; `of` may bend a mean day's load first. */
  settle(of?: (load: number) => number): void {
    this.#addUp({ ...this.#all, values: this.#nothing }, of);
  }

  /** Brings the sums of a share's bins up to date, with all but that share of the load. */
  settleWithout(share: Steps, of?: (load: number) => number): void {
    this.#addUp(share, of);
  }

  /**
   * What a schedule adds to the load of the bins that it may meet, up to so many after its last tick. Without `isKept` it
   * is gone with the next one.
   */
  shareOf(schedule: Placeable, shiftMinutes: number, reach: number, isKept: boolean): Steps {
    const { span } = schedule;
    const bins = Math.min(span.to + reach, this.#all.from + this.#all.bins) - span.from;
    const size = DAY_KINDS * bins;
    const values = isKept ? new Float64Array(size) : this.#scratch.subarray(0, size).fill(0);
    const share = { from: span.from, bins, values };
    this.#add(schedule, shiftMinutes, 1, share);
    sumSteps(values, values);
    return share;
  }

  #addUp({ from, bins, values }: Steps, of: ((load: number) => number) | undefined): void {
    if (!this.#isSummed) sumSteps(this.#all.values, this.#load);
    this.#isSummed = true;
    const [before, load, background, days] = [this.#before, this.#load, this.#background, this.dayCount];
    const start = DAY_KINDS * (from - this.#all.from);
    const end = DAY_KINDS * bins;
    before.fill(0, start, start + DAY_KINDS);
    for (let at = 0; at < end; at += 1) {
      const place = start + at;
      const jobs = numberAt(load, place) - numberAt(values, at) + numberAt(background, place);
      before[place + DAY_KINDS] =
        numberAt(before, place) + (of === undefined ? jobs : of(jobs / days) * days);
    }
  }

  /** Minutes × jobs that a run of one job shares with what is placed, its tick in `bin`, summed over the days. */
  overlapAt(bin: number, kernel: Kernel): number {
    const { places, steps } = kernel;
    const before = this.#before;
    const base = DAY_KINDS * (bin - this.#all.from);
    let sum = 0;
    for (let at = 0; at < places.length; at += 1) {
      sum -= numberAt(steps, at) * numberAt(before, base + numberAt(places, at));
    }
    return (sum * BIN_MINUTES) / DAY_KINDS;
  }

  /** The same for each kind of day, as if every day were of that kind, added to `into`. */
  addOverlapByKind(bin: number, kernel: Kernel, share: number, into: Float64Array): void {
    const { starts, offsets, steps } = kernel;
    const place = bin - this.#all.from;
    for (let kind = 0; kind < DAY_KINDS; kind += 1) {
      let sum = 0;
      for (let at = numberAt(starts, kind); at < numberAt(starts, kind + 1); at += 1) {
        // A stretched run may leave the room that was made for it: what lies behind is cut off.
        const offset = Math.min(numberAt(offsets, at), this.#all.bins - place);
        const sums = DAY_KINDS * (place + offset) + kind;
        sum -= numberAt(steps, at) * numberAt(this.#before, sums);
      }
      into[kind] = numberAt(into, kind) + share * BIN_MINUTES * sum;
    }
  }

  /** Mean load of a bin on a mean day of the pattern. */
  loadAt(bin: number): number {
    let sum = 0;
    for (let kind = 0; kind < DAY_KINDS; kind += 1) {
      const at = DAY_KINDS * (bin - this.#all.from) + kind;
      sum += numberAt(this.#before, at + DAY_KINDS) - numberAt(this.#before, at);
    }
    return sum / DAY_KINDS / this.dayCount;
  }
}

/** Adds a kernel to steps; what lies before the first bin counts there, what lies behind the last nowhere. */
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

/** What one schedule adds to the folds it is met in. */
interface KeptShare {
  readonly shiftMinutes: number;
  readonly byFold: Map<Fold, Steps>;
}

/** So few ticks a day are sooner placed than looked up. */
const FEW_TICKS = 4;
/** Shares kept at most: some twenty kilobytes each. */
const MOST_SHARES = 2000;

/**
 * Expected jobs in progress over the week, for each kind of day. Most schedules tick alike on some days of the
 * week, so the week is kept folded: for each such set of days, the load summed over them. What a schedule meets
 * at any time of the day is then a short sum on one day, however many days it runs on.
 */
export class LoadField {
  readonly #folds = new Map<number, Fold>();
  readonly #shares = new Map<Placeable, KeptShare>();

  /** `background`: other jobs in progress by five minutes of the week, 2016 values; left out: none. */
  constructor(schedules: readonly Placeable[], background: readonly number[] = []) {
    const reach = Math.max(0, ...schedules.map((schedule) => schedule.reach));
    const spans = new Map<number, { from: number; to: number }>([[EVERY_DAY, { from: 0, to: DAY_BINS }]]);
    for (const { ticks, span } of schedules) {
      for (const { days } of ticks.patterns) {
        const known = spans.get(days) ?? { from: 0, to: 0 };
        spans.set(days, { from: Math.min(known.from, span.from), to: Math.max(known.to, span.to) });
      }
    }
    for (const [days, { from, to }] of spans) {
      this.#folds.set(days, new Fold(days, from - reach - 1, to + reach + 2, background));
    }
  }

  #foldOf({ days }: DayPattern): Fold {
    const fold = this.#folds.get(days);
    if (fold === undefined) throw new RangeError(`No schedule of the field ticks on the days ${days}.`);
    return fold;
  }

  /** Adds (`times` 1), takes away (−1), or adds in part, a schedule whose ticks are shifted by so many minutes. */
  place(schedule: Placeable, shiftMinutes: number, times: number): void {
    for (const fold of this.#folds.values()) fold.place(schedule, shiftMinutes, times);
  }

  /** Brings all sums up to date; `of` may bend a mean day's load first (chance of company instead of its amount). */
  settle(of?: (load: number) => number): void {
    for (const fold of this.#folds.values()) fold.settle(of);
  }

  /**
   * What `say` says while one schedule is taken out and the sums it would meet are up to date. A run may reach further than
   * the schedule's kernels only where `reach` says so.
   */
  without<T>(
    schedule: Placeable,
    shiftMinutes: number,
    say: () => T,
    { of, reach = schedule.reach }: { of?: (load: number) => number; reach?: number } = {},
  ): T {
    const { patterns } = schedule.ticks;
    const isKept = patterns.some(({ minutes }) => minutes.length > FEW_TICKS);
    for (const pattern of patterns) {
      const fold = this.#foldOf(pattern);
      const share =
        isKept && reach === schedule.reach
          ? this.#shareOf(fold, schedule, shiftMinutes)
          : fold.shareOf(schedule, shiftMinutes, reach, false);
      fold.settleWithout(share, of);
    }
    return say();
  }

  /** Those that tick all day long are asked again and again at one time: their share is kept until they are elsewhere. */
  #shareOf(fold: Fold, schedule: Placeable, shiftMinutes: number): Steps {
    const known = this.#shares.get(schedule);
    const kept = known?.shiftMinutes === shiftMinutes ? known : { shiftMinutes, byFold: new Map() };
    const share = kept.byFold.get(fold) ?? fold.shareOf(schedule, shiftMinutes, schedule.reach, true);
    kept.byFold.set(fold, share);
    if (known !== kept) this.#keep(schedule, kept);
    return share;
  }

  #keep(schedule: Placeable, kept: KeptShare): void {
    this.#shares.delete(schedule);
    this.#shares.set(schedule, kept);
    if (this.#shares.size <= MOST_SHARES) return;
    const [oldest] = this.#shares.keys();
    if (oldest !== undefined) this.#shares.delete(oldest);
  }

  /** Minutes × jobs a week that one job of `pattern`, its ticks in this bin of the day, shares with what is placed. */
  overlapAt(pattern: DayPattern, bin: number, kernel: Kernel): number {
    return this.#foldOf(pattern).overlapAt(bin, kernel);
  }

  /** The same for ticks at a minute of the day, under any kernel, added to `into` for each kind of day. */
  addOverlapByKind(pattern: DayPattern, minute: number, kernel: Kernel, into: Float64Array): void {
    const fold = this.#foldOf(pattern);
    const own = Math.floor(minute / BIN_MINUTES);
    const taps = (minute - own * BIN_MINUTES) * TAPS;
    for (let tap = 0; tap < TAPS; tap += 1) {
      fold.addOverlapByKind(own + tap - 1, kernel, numberAt(TAP_SHARES, taps + tap), into);
    }
  }

  /** Mean jobs in progress by UTC hour of the day, 24 values. */
  byHour(): number[] {
    const everyDay = this.#folds.get(EVERY_DAY);
    const hours = Array.from({ length: 24 }, () => 0);
    for (let bin = 0; bin < DAY_BINS; bin += 1) {
      const hour = hourOfBin(bin);
      hours[hour] = itemAt(hours, hour) + (everyDay?.loadAt(bin) ?? 0);
    }
    return hours.map((sum) => sum / (DAY_BINS / 24));
  }
}
