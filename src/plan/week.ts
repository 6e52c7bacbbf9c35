import { readableCron } from '../cron/readable-cron.ts';
import { servedTicks } from '../cron/served.ts';
import { nextTick, ticksBetween } from '../cron/ticks.ts';
import { localMinuteOfDay, utcOffsetMinutes } from '../cron/timezone.ts';
import { BIN_MINUTES, BINS_PER_HOUR } from '../forecast/slot.ts';
import { DAY_MINUTES, HOUR_MINUTES, MINUTE_MS, mondayOf, WEEK_MINUTES, WEEK_MS } from '../time.ts';
import type { PlannedSchedule } from './input.ts';

/** The planner works on one week, which repeats, in bins of five minutes. */
export { BIN_MINUTES };
export const WEEK_BINS = WEEK_MINUTES / BIN_MINUTES;
export const DAY_BINS = DAY_MINUTES / BIN_MINUTES;
export const DAYS = 7;

const YEAR_WEEKS = 52;
const DAYS_OF_MONTH = 31;
const MONTHS = 12;

/** All days of the week, Monday the lowest bit. */
export const EVERY_DAY = 0b111_1111;

/** Ticks at the same minutes on some days of the week: most schedules are one such pattern. */
export interface DayPattern {
  /** UTC days, Monday the lowest bit. */
  readonly days: number;
  readonly dayCount: number;
  /** Minutes of the UTC day, 0–1439, sorted, without repeats. */
  readonly minutes: Int32Array;
}

/** The ticks of one schedule in a typical week. */
export interface WeeklyTicks {
  readonly patterns: readonly DayPattern[];
  /** How often each tick happens a week: 1, or less for a schedule that does not fire in some weeks. */
  readonly weight: number;
  /** Ticks of a week, before the weight. */
  readonly count: number;
  /** The ticks of one day, by minute of the local and of the UTC day; empty where there is no `finish-by`. */
  readonly daily: readonly { readonly local: number; readonly utc: number }[];
}

function minuteOfWeek(at: number): number {
  return Math.floor((at - mondayOf(at)) / MINUTE_MS);
}

/** Bins over which a tick is smeared. */
export const TAPS = 3;
/**
 * How a tick at each minute of its bin is shared by the bin before, its own, and the one after: the quadratic
 * spline of particle methods (Hockney, Eastwood 1988). Without it a tick that crosses a bin's edge by one
 * minute would seem to overlap with nothing that it overlapped with before.
 */
export const TAP_SHARES: Float64Array = Float64Array.from({ length: BIN_MINUTES * TAPS }, (_, at) => {
  const offset = (Math.floor(at / TAPS) + 0.5) / BIN_MINUTES - 0.5;
  const tap = at % TAPS;
  if (tap === 1) return 0.75 - offset ** 2;
  return (tap === 0 ? (0.5 - offset) ** 2 : (0.5 + offset) ** 2) / 2;
});

/** UTC hour of the day of a bin; bins count from some midnight and may be negative. */
export function hourOfBin(bin: number): number {
  return ((((bin % DAY_BINS) + DAY_BINS) % DAY_BINS) / BINS_PER_HOUR) | 0;
}

/** UTC hour of the day of a minute; minutes count from some midnight and may be negative. */
export function hourOfMinute(minute: number): number {
  return ((((minute % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES) / 60) | 0;
}

/**
 * The UTC hours whose forecasts tell a tick `shift` minutes after one at `minute`, with the part of each. Recorded
 * lateness has no step at a full hour: a time in another hour, less than sixty minutes away, has only so much of the
 * difference between both.
 */
export function hoursAfter(
  minute: number,
  shift: number,
): readonly (readonly [hour: number, part: number])[] {
  const [from, to] = [hourOfMinute(minute), hourOfMinute(minute + shift)];
  const part = Math.abs(shift) / HOUR_MINUTES;
  return from === to || part >= 1
    ? [[to, 1]]
    : [
        [to, part],
        [from, 1 - part],
      ];
}

/** Days set in a mask. */
export function daysIn(mask: number): number {
  let count = 0;
  for (let rest = mask; rest > 0; rest &= rest - 1) count += 1;
  return count;
}

/** The mask with every day `by` days later, round the week. */
export function daysLater(mask: number, by: number): number {
  const days = ((by % DAYS) + DAYS) % DAYS;
  return ((mask << days) | (mask >> (DAYS - days))) & EVERY_DAY;
}

/**
 * Ticks of a schedule in the week after `now` (epoch ms). A schedule restricted to days of the month or to months may
 * fire on any weekday, so the ticks of its mean week are spread evenly over all seven. All ticks of its day count,
 * also those before `now`. No ticks where the cron cannot be read.
 */
export function weeklyTicks(schedule: PlannedSchedule, now: number): WeeklyTicks {
  const { timezone } = schedule;
  // Nobody knows what a schedule would take of which no runs come, or none has succeeded or failed yet.
  const isIdle = schedule.noOutcome === true || schedule.refusal?.code === 'not-running';
  const cron = isIdle ? null : readableCron(schedule);
  if (cron === null) return NO_TICKS;
  const everyWeek = cron.daysOfMonth.length === DAYS_OF_MONTH && cron.months.length === MONTHS;
  if (everyWeek) {
    const ticks = servedTicks(ticksBetween(cron, timezone, now, now + WEEK_MS));
    const byLocal = new Map(
      ticks.map((tick) => [localMinuteOfDay(tick, timezone), minuteOfWeek(tick) % DAY_MINUTES]),
    );
    const daily = [...byLocal].map(([local, utc]) => ({ local, utc }));
    return {
      patterns: patternsOf(ticks),
      weight: 1,
      count: ticks.length,
      daily: schedule.finishByMinute === null ? [] : daily,
    };
  }
  const next = nextTick(cron, timezone, now);
  if (next === null) return NO_TICKS;
  const offset = utcOffsetMinutes(next, timezone);
  const daily = cron.dayMinutes.map((local) => ({
    local,
    utc: (local - offset + DAY_MINUTES) % DAY_MINUTES,
  }));
  const passed = localMinuteOfDay(next, timezone) - (cron.dayMinutes[0] ?? 0);
  const first = next - passed * MINUTE_MS;
  const ofOneYear = ticksBetween(cron, timezone, first, first + YEAR_WEEKS * WEEK_MS).length;
  const count = DAYS * daily.length;
  return {
    patterns: [{ days: EVERY_DAY, dayCount: DAYS, minutes: Int32Array.from(daily, ({ utc }) => utc).sort() }],
    weight: ofOneYear / YEAR_WEEKS / count,
    count,
    daily: schedule.finishByMinute === null ? [] : daily,
  };
}

/** Ticks of the week, as minutes after Monday 00:00 UTC. */
export function weekMinutesOf({ patterns }: WeeklyTicks): Int32Array {
  return Int32Array.from(
    patterns.flatMap(({ days, minutes }) =>
      Array.from({ length: DAYS }, (_, day) => day)
        .filter((day) => (days & (1 << day)) !== 0)
        .flatMap((day) => [...minutes].map((minute) => day * DAY_MINUTES + minute)),
    ),
  );
}

const NO_TICKS: WeeklyTicks = { patterns: [], weight: 0, count: 0, daily: [] };

/** One pattern for all days with the same ticks. */
function patternsOf(ticks: readonly number[]): DayPattern[] {
  const byDay = Array.from({ length: DAYS }, (): number[] => []);
  for (const tick of ticks) {
    const minute = minuteOfWeek(tick);
    byDay[Math.floor(minute / DAY_MINUTES)]?.push(minute % DAY_MINUTES);
  }
  const patterns = new Map<string, { days: number; minutes: readonly number[] }>();
  byDay.forEach((minutes, day) => {
    if (minutes.length === 0) return;
    minutes.sort((a, b) => a - b);
    const name = minutes.join();
    const known = patterns.get(name);
    if (known === undefined) patterns.set(name, { days: 1 << day, minutes });
    else known.days |= 1 << day;
  });
  return [...patterns.values()].map(({ days, minutes }) => ({
    days,
    dayCount: daysIn(days),
    minutes: Int32Array.from(minutes),
  }));
}
