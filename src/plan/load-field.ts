import { itemAt, numberAt } from '../checked.ts';
import { zeros } from '../forecast/number-list.ts';
import { DAY_HOURS } from '../time.ts';
import { DayPatternLoad, type LoadTransform, type Placeable, type Steps } from './day-pattern-load.ts';
import type { Kernel } from './kernel.ts';
import { BIN_MINUTES, DAY_BINS, type DayPattern, EVERY_DAY, hourOfBin, TAP_SHARES, TAPS } from './week.ts';

/** So few ticks a day are placed sooner than looked up. */
const FEW_TICKS = 4;
/** Schedules whose load is cached at most: some twenty kilobytes each. */
const MOST_CACHED = 2000;

/** The load of one schedule at one shift, by the pattern load that it was computed for. */
interface CachedLoads {
  readonly shiftMinutes: number;
  readonly byPattern: Map<DayPatternLoad, Steps>;
}

/**
 * Expected jobs in progress over the week, for each kind of day. Most schedules tick alike on some days of the
 * week, so the load is kept once for each such set of days, summed over them. What a schedule shares with others
 * at any time of the day is then a short sum on one day, however many days it runs on.
 */
export class LoadField {
  readonly #loads = new Map<number, DayPatternLoad>();
  readonly #cache = new Map<Placeable, CachedLoads>();

  /** `background`: other jobs in progress by five minutes of the week, 2016 values; left out: none. */
  constructor(schedules: readonly Placeable[], background: readonly number[] = []) {
    const reach = Math.max(0, ...schedules.map((schedule) => schedule.reach));
    for (const [days, { from, to }] of spansByDays(schedules)) {
      this.#loads.set(days, new DayPatternLoad(days, from - reach - 1, to + reach + 2, background));
    }
  }

  #loadOn({ days }: DayPattern): DayPatternLoad {
    const load = this.#loads.get(days);
    if (load === undefined) throw new RangeError(`No schedule of the field ticks on the days ${days}.`);
    return load;
  }

  /** Adds (`times` 1), removes (−1), or adds in part, a schedule whose ticks are shifted by so many minutes. */
  place(schedule: Placeable, shiftMinutes: number, times: number): void {
    for (const load of this.#loads.values()) load.place(schedule, shiftMinutes, times);
  }

  /** Brings all sums up to date, as the methods below need them. */
  updateSums(): void {
    for (const load of this.#loads.values()) load.updateSums();
  }

  /**
   * Runs `fn` while one schedule is removed and the sums that it needs are up to date; afterwards the sums of those
   * bins are out of date. A run may reach further than the schedule's own kernels only where `reach` says so.
   */
  withScheduleRemoved<T>(
    schedule: Placeable,
    shiftMinutes: number,
    fn: () => T,
    { transform, reach = schedule.reach }: { transform?: LoadTransform; reach?: number } = {},
  ): T {
    const { patterns } = schedule.ticks;
    const isCached = reach === schedule.reach && patterns.some(({ minutes }) => minutes.length > FEW_TICKS);
    for (const pattern of patterns) {
      const load = this.#loadOn(pattern);
      const own = isCached
        ? this.#cachedLoad(load, schedule, shiftMinutes)
        : load.loadOf(schedule, shiftMinutes, reach, false);
      load.updateSumsWithout(own, transform);
    }
    return fn();
  }

  /** Schedules with many ticks are removed again and again at one shift: their load is cached until they move. */
  #cachedLoad(load: DayPatternLoad, schedule: Placeable, shiftMinutes: number): Steps {
    const known = this.#cache.get(schedule);
    const cached = known?.shiftMinutes === shiftMinutes ? known : { shiftMinutes, byPattern: new Map() };
    const own = cached.byPattern.get(load) ?? load.loadOf(schedule, shiftMinutes, schedule.reach, true);
    cached.byPattern.set(load, own);
    if (known !== cached) this.#addToCache(schedule, cached);
    return own;
  }

  #addToCache(schedule: Placeable, loads: CachedLoads): void {
    this.#cache.delete(schedule);
    this.#cache.set(schedule, loads);
    if (this.#cache.size <= MOST_CACHED) return;
    const [oldest] = this.#cache.keys();
    if (oldest !== undefined) this.#cache.delete(oldest);
  }

  /** Minutes × jobs a week that one job of `pattern`, its ticks in this bin of the day, shares with what is placed. */
  overlapAt(pattern: DayPattern, bin: number, kernel: Kernel): number {
    return this.#loadOn(pattern).overlapAt(bin, kernel);
  }

  /** The same for ticks at a minute of the day, under any kernel, added to `into` for each kind of day. */
  addOverlapByKind(pattern: DayPattern, minute: number, kernel: Kernel, into: Float64Array): void {
    const load = this.#loadOn(pattern);
    const own = Math.floor(minute / BIN_MINUTES);
    const taps = (minute - own * BIN_MINUTES) * TAPS;
    for (let tap = 0; tap < TAPS; tap += 1) {
      load.addOverlapByKind(own + tap - 1, kernel, numberAt(TAP_SHARES, taps + tap), into);
    }
  }

  /** Mean jobs in progress by UTC hour of the day, 24 values. */
  byHour(): number[] {
    const everyDay = this.#loads.get(EVERY_DAY);
    const hours = zeros(DAY_HOURS);
    for (let bin = 0; bin < DAY_BINS; bin += 1) {
      const hour = hourOfBin(bin);
      hours[hour] = itemAt(hours, hour) + (everyDay?.meanLoadAt(bin) ?? 0);
    }
    return hours.map((sum) => sum / (DAY_BINS / DAY_HOURS));
  }
}

/** For each set of days that schedules tick on, and for every day: the bins that their ticks may lie in. */
function spansByDays(
  schedules: readonly Placeable[],
): ReadonlyMap<number, { readonly from: number; readonly to: number }> {
  const spans = new Map([[EVERY_DAY, { from: 0, to: DAY_BINS }]]);
  for (const { ticks, span } of schedules) {
    for (const { days } of ticks.patterns) {
      const known = spans.get(days) ?? { from: 0, to: 0 };
      spans.set(days, { from: Math.min(known.from, span.from), to: Math.max(known.to, span.to) });
    }
  }
  return spans;
}
