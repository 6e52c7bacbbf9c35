import type { Cron } from './parse.ts';

const DAYS_IN_MONTH = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** 1970-01-01 was a Thursday. */
const EPOCH_WEEKDAY = 4;

export function daysInMonth(year: number, month: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (DAYS_IN_MONTH[month] ?? 31) + (leap ? 1 : 0);
}

/** Day number (since 1970-01-01) to year, month, day of the proleptic Gregorian calendar (Hinnant's algorithm). */
function civilOf(day: number): { year: number; month: number; dayOfMonth: number } {
  const shifted = day + 719_468; // days from 0000-03-01, so that the leap day comes last
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    dayOfMonth: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

/** Day of the week of a day number; 0 is Sunday. */
function weekdayOf(day: number): number {
  return (((day + EPOCH_WEEKDAY) % 7) + 7) % 7;
}

/** The days of a month, bits 1–31, on which the cron fires; the month begins on the day `dayZero + 1`. */
export function daysFired(cron: Cron, year: number, month: number, dayZero: number): number {
  if ((cron.monthMask & (1 << month)) === 0) return 0;
  // Bits 1…length; shifting by 32 is shifting by 0, hence the detour over the right end.
  const all = (-1 >>> (31 - daysInMonth(year, month))) & ~1;
  switch (cron.dayRule) {
    case 'every-day':
      return all;
    case 'days-of-month':
      return all & cron.dayOfMonthMask;
    case 'days-of-week':
      return all & weekdayBits(cron.dayOfWeekMask, dayZero);
    case 'either':
      return all & (cron.dayOfMonthMask | weekdayBits(cron.dayOfWeekMask, dayZero));
  }
}

/** Bit n set where the day `dayZero + n` is one of the weekdays in the mask. */
function weekdayBits(weekdays: number, dayZero: number): number {
  const turn = weekdayOf(dayZero);
  const week = ((weekdays >> turn) | (weekdays << (7 - turn))) & 0x7f;
  return week | (week << 7) | (week << 14) | (week << 21) | (week << 28);
}

/** The first day ≥ `day` on which the cron fires, or `null` when there is none up to `limit`. */
export function nextDay(cron: Cron, day: number, limit: number): number | null {
  const start = civilOf(day);
  let { year, month } = start;
  let dayZero = day - start.dayOfMonth;
  let wanted = -1 << start.dayOfMonth;
  while (dayZero < limit) {
    const days = daysFired(cron, year, month, dayZero) & wanted;
    if (days !== 0) {
      const found = dayZero + (31 - Math.clz32(days & -days));
      return found <= limit ? found : null;
    }
    wanted = -1;
    dayZero += daysInMonth(year, month);
    month += 1;
    if (month > 12) {
      month = 1;
      year += 1;
    }
  }
  return null;
}

/** The last day ≤ `day` on which the cron fires, or `null` when there is none down to `limit`. */
export function previousDay(cron: Cron, day: number, limit: number): number | null {
  const start = civilOf(day);
  let { year, month } = start;
  let dayZero = day - start.dayOfMonth;
  let wanted = -1 >>> (31 - start.dayOfMonth);
  while (dayZero + daysInMonth(year, month) >= limit) {
    const days = daysFired(cron, year, month, dayZero) & wanted;
    if (days !== 0) {
      const found = dayZero + (31 - Math.clz32(days));
      return found >= limit ? found : null;
    }
    wanted = -1;
    month -= 1;
    if (month < 1) {
      month = 12;
      year -= 1;
    }
    dayZero -= daysInMonth(year, month);
  }
  return null;
}
