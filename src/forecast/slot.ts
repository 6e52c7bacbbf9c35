import { DAY_HOURS, DAY_MS, HOUR_MS, MINUTE_MS, WEEK_HOURS } from '../time.ts';

/** 1970-01-01 was a Thursday: three days after Monday. */
const EPOCH_WEEKDAY = 3;

/** Load is told for every five minutes: GitHub's shortest interval between ticks. */
export const BIN_MINUTES = 5;
export const BINS_PER_HOUR = 60 / BIN_MINUTES;
export const BINS_PER_WEEK = WEEK_HOURS * BINS_PER_HOUR;

/** UTC hour of the day, 0–23, of an instant in epoch milliseconds. */
export function hourOfDay(at: number): number {
  return Math.floor(at / HOUR_MS) % DAY_HOURS;
}

/** Day of the week in UTC, Monday 0 to Sunday 6. */
export function weekday(at: number): number {
  return (Math.floor(at / DAY_MS) + EPOCH_WEEKDAY) % 7;
}

/** Saturday or Sunday in UTC. */
export function isWeekend(at: number): boolean {
  return weekday(at) >= 5;
}

/** UTC hour of the week, 0 (Monday 00:00) to 167. */
export function hourOfWeek(at: number): number {
  return weekday(at) * DAY_HOURS + hourOfDay(at);
}

/** Five minutes of the week in UTC, 0 (Monday 00:00) to 2015. */
export function binOfWeek(at: number): number {
  return hourOfWeek(at) * BINS_PER_HOUR + (Math.floor(at / (BIN_MINUTES * MINUTE_MS)) % BINS_PER_HOUR);
}
