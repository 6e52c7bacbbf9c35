import { DAY_OF_MONTH, DAY_OF_WEEK, HOUR, MONTH, sizeOf } from './fields.ts';
import { smallestGapMinutes, ticksPerWeek } from './gaps.ts';
import { type Cron, restrictsBothDayFields } from './parse.ts';
import { neverFires } from './ticks.ts';
import { changingMinutes } from './timezone.ts';

type ShapeKind =
  | 'every-n-minutes'
  | 'hourly'
  | 'several-a-day'
  | 'daily'
  | 'weekly'
  | 'monthly'
  | 'yearly'
  | 'mixed-days'
  | 'never';

/** What a schedule means, and a move must keep. Days and minutes are those of the schedule's own timezone. */
export interface Shape {
  /** Several ticks a day are named by their pattern in the day, whatever the days are. */
  readonly kind: ShapeKind;
  /** Mean over many years. */
  readonly ticksPerWeek: number;
  readonly ticksPerDay: number;
  /** Weekdays on which it fires, 0 is Sunday; all seven where dates decide. */
  readonly weekdays: readonly number[];
  /** Dates on which it fires; all 31 where weekdays decide. */
  readonly monthdays: readonly number[];
  readonly months: readonly number[];
  /** Shortest distance of two ticks, minutes. */
  readonly periodMinutes: number;
  /** Whether all ticks within the day, and over midnight where every day counts, keep the same distance. */
  readonly even: boolean;
  /** Whether every day of the year is one of its days, so that a tick that crosses midnight still has its day. */
  readonly everyDay: boolean;
  /** Monday to Friday only and 08–18 local: taken as meant for people. */
  readonly forPeople: boolean;
  /** Whether a tick falls into local times that the zone's clocks skip or repeat. */
  readonly touchesClockChange: boolean;
}

const PEOPLE_FROM_MINUTE = 8 * 60;
const PEOPLE_TO_MINUTE = 18 * 60;
const SATURDAY = 6;
const SUNDAY = 0;

/** The shape of a cron in its timezone. Throws `timezone-unknown`. */
export function shapeOf(cron: Cron, timezone: string): Shape {
  const everyDay = firesEveryDay(cron);
  const changing = changingMinutes(timezone);
  return {
    kind: kindOf(cron, everyDay),
    ticksPerWeek: ticksPerWeek(cron),
    ticksPerDay: cron.dayMinutes.length,
    weekdays: cron.daysOfWeek,
    monthdays: cron.daysOfMonth,
    months: cron.months,
    periodMinutes: smallestGapMinutes(cron),
    even: isEven(cron, everyDay),
    everyDay,
    forPeople: isForPeople(cron),
    touchesClockChange: cron.dayMinutes.some((minute) => changing.has(minute)),
  };
}

/** Whether the cron fires on each day of the year, by whatever reading of its day fields. */
export function firesEveryDay(cron: Cron): boolean {
  return cron.dayRule === 'every-day' && cron.months.length === sizeOf(MONTH);
}

function kindOf(cron: Cron, everyDay: boolean): ShapeKind {
  if (neverFires(cron)) return 'never';
  if (cron.dayMinutes.length > 1) {
    if (cron.hours.length < sizeOf(HOUR)) return 'several-a-day';
    return cron.minutes.length > 1 ? 'every-n-minutes' : 'hourly';
  }
  if (everyDay) return 'daily';
  if (restrictsBothDayFields(cron)) return 'mixed-days';
  if (cron.daysOfMonth.length < sizeOf(DAY_OF_MONTH)) return cron.months.length === 1 ? 'yearly' : 'monthly';
  return cron.daysOfWeek.length < sizeOf(DAY_OF_WEEK) ? 'weekly' : 'daily';
}

function isEven(cron: Cron, everyDay: boolean): boolean {
  const { dayMinutes } = cron;
  const first = dayMinutes[0] ?? 0;
  const gaps = dayMinutes.map((minute, index) => (dayMinutes[index + 1] ?? first + 1440) - minute);
  const inDay = everyDay ? gaps : gaps.slice(0, -1);
  return inDay.every((gap) => gap === inDay[0]);
}

function isForPeople(cron: Cron): boolean {
  const workdaysOnly =
    cron.dayRule === 'days-of-week' &&
    !cron.daysOfWeek.includes(SATURDAY) &&
    !cron.daysOfWeek.includes(SUNDAY);
  const first = cron.dayMinutes[0] ?? 0;
  const last = cron.dayMinutes.at(-1) ?? 0;
  return workdaysOnly && first >= PEOPLE_FROM_MINUTE && last <= PEOPLE_TO_MINUTE;
}
