/** Lengths of time. A name ends in its unit; `_MS` is milliseconds. */
export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

export const HOUR_MINUTES = 60;
export const DAY_MINUTES = 24 * HOUR_MINUTES;
export const WEEK_MINUTES = 7 * DAY_MINUTES;

export const DAY_HOURS = 24;
export const WEEK_DAYS = 7;
export const WEEK_HOURS = 7 * DAY_HOURS;

export const MINUTE_SECONDS = 60;
export const DAY_SECONDS = DAY_MINUTES * MINUTE_SECONDS;

/** A number below 100 with two digits. */
export function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** A minute of the day, or of a longer time, as `HH:MM`. */
export function clockTime(minute: number): string {
  return `${twoDigits(Math.floor(minute / HOUR_MINUTES))}:${twoDigits(minute % HOUR_MINUTES)}`;
}

/** An hour of the day as `HH:00`. */
export function hourTime(hour: number): string {
  return clockTime(hour * HOUR_MINUTES);
}

/** 1970-01-05, the first Monday of the epoch. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** Number of the UTC week, Mondays first, of an instant in epoch ms. */
export function weekNumber(at: number): number {
  return Math.floor((at - FIRST_MONDAY_MS) / WEEK_MS);
}

/** Start of the UTC week, on its Monday, of an instant; both in epoch ms. */
export function mondayOf(at: number): number {
  return FIRST_MONDAY_MS + weekNumber(at) * WEEK_MS;
}

/** UTC date of an instant (epoch ms) as `YYYY-MM-DD`. */
export function utcDate(at: number): string {
  return new Date(at).toISOString().slice(0, 'YYYY-MM-DD'.length);
}
