const MS_PER_HOUR = 3_600_000;
const MS_PER_DAY = 24 * MS_PER_HOUR;
/** 1970-01-01 was a Thursday: three days after Monday. */
const EPOCH_WEEKDAY = 3;

export const HOURS_PER_DAY = 24;
export const HOURS_PER_WEEK = 168;
/** Load is told for every five minutes: GitHub's shortest interval between ticks. */
export const BIN_MINUTES = 5;
export const BINS_PER_HOUR = 60 / BIN_MINUTES;
export const BINS_PER_WEEK = HOURS_PER_WEEK * BINS_PER_HOUR;

/** UTC hour of the day, 0–23, of an instant in epoch milliseconds. */
export function hourOfDay(at: number): number {
  return Math.floor(at / MS_PER_HOUR) % HOURS_PER_DAY;
}

/** Day of the week in UTC, Monday 0 to Sunday 6. */
export function weekday(at: number): number {
  return (Math.floor(at / MS_PER_DAY) + EPOCH_WEEKDAY) % 7;
}

/** Saturday or Sunday in UTC. */
export function isWeekend(at: number): boolean {
  return weekday(at) >= 5;
}

/** UTC hour of the week, 0 (Monday 00:00) to 167. */
export function hourOfWeek(at: number): number {
  return weekday(at) * HOURS_PER_DAY + hourOfDay(at);
}

/** Five minutes of the week in UTC, 0 (Monday 00:00) to 2015. */
export function binOfWeek(at: number): number {
  return hourOfWeek(at) * BINS_PER_HOUR + (Math.floor(at / (BIN_MINUTES * 60_000)) % BINS_PER_HOUR);
}
