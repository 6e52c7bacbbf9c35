import { DAY_MS } from '../time.ts';
import { weekday } from './slot.ts';

const WEEKDAYS = 7;
const MONTH_DAYS = 31;
/** The last day of a month is a class of its own, whatever its date: that of day 31. */
const LAST_DAY = WEEKDAYS + MONTH_DAYS - 1;

/** Classes of days: seven weekdays from Monday, then 31 days of the month. */
export const DAY_CLASSES = WEEKDAYS + MONTH_DAYS;

/** The UTC day of an instant (epoch ms), in days of the epoch. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

/** The two classes of a day (days of the epoch): of its weekday, and of its place in the month. */
export function classesOfDay(day: number): readonly [number, number] {
  const at = day * DAY_MS;
  const date = new Date(at).getUTCDate();
  const isLast = new Date(at + DAY_MS).getUTCDate() === 1;
  return [weekday(at), isLast ? LAST_DAY : WEEKDAYS + date - 1];
}
