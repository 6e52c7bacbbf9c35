import { DAY_MINUTES } from '../time.ts';
import { daysFired, daysInMonth, nextDay } from './days.ts';
import type { Cron } from './parse.ts';
import { neverFires } from './ticks.ts';

/** Weekdays and leap years repeat every 28 years, as long as no century year without leap day lies between. */
const CYCLE_YEARS = 28;
const CYCLE_START_YEAR = 2001;
/** Days from 1970-01-01 to 2000-12-31, the day before the cycle starts. */
const CYCLE_DAY_ZERO = 11_322;
const CYCLE_DAYS = CYCLE_YEARS * 365.25;

/**
 * The shortest time between two ticks in minutes, on days when the clocks do not change; infinity where there is no
 * second tick. Unlike GitHub's own check it sees the whole pattern: minute `0,58` has a gap of two minutes.
 */
export function smallestGapMinutes(cron: Cron): number {
  if (neverFires(cron)) return Number.POSITIVE_INFINITY;
  const { dayMinutes } = cron;
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < dayMinutes.length; i += 1) {
    smallest = Math.min(smallest, (dayMinutes[i] ?? 0) - (dayMinutes[i - 1] ?? 0));
  }
  const overnight = (dayMinutes[0] ?? 0) - (dayMinutes.at(-1) ?? 0);
  return Math.min(smallest, smallestDayGap(cron) * DAY_MINUTES + overnight);
}

/** Mean number of ticks a week, over the 28 years in which weekdays and dates come round. */
export function ticksPerWeek(cron: Cron): number {
  return (daysPerCycle(cron) * cron.dayMinutes.length * 7) / CYCLE_DAYS;
}

/** Days on which the cron fires in the 28-year cycle. */
function daysPerCycle(cron: Cron): number {
  let count = 0;
  let dayZero = CYCLE_DAY_ZERO;
  for (let index = 0; index < CYCLE_YEARS * 12; index += 1) {
    const year = CYCLE_START_YEAR + Math.floor(index / 12);
    const month = (index % 12) + 1;
    for (let days = daysFired(cron, year, month, dayZero); days !== 0; days &= days - 1) count += 1;
    dayZero += daysInMonth(year, month);
  }
  return count;
}

/** Fewest days from one day of firing to the next. */
function smallestDayGap(cron: Cron): number {
  let smallest = Number.POSITIVE_INFINITY;
  const last = CYCLE_DAY_ZERO + CYCLE_DAYS + CYCLE_YEARS * 12;
  let day = nextDay(cron, CYCLE_DAY_ZERO + 1, last);
  while (day !== null && smallest > 1) {
    const next = nextDay(cron, day + 1, last);
    if (next !== null) smallest = Math.min(smallest, next - day);
    day = next;
  }
  return smallest;
}
