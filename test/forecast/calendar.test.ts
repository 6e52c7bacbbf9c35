import { describe, expect, it } from 'vitest';
import {
  Calendar,
  calendarShift,
  effectsOf,
  newCalendar,
  patternEnded,
  shifted,
  updateCalendar,
} from '../../src/forecast/calendar.ts';
import { calendarSentences } from '../../src/forecast/calendar-words.ts';
import { normal, seeded } from './random.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** A Monday, the first of June. */
const START = Date.parse('2026-06-01T04:00:00Z');
const NOISE = 0.05;

/** The calendar after so many days of a daily run whose length the factor gives. */
function calendarOf(days: number, factor: (at: number) => number, hours: readonly number[] = [0]): Calendar {
  const random = seeded(7);
  let calendar = newCalendar();
  for (let day = 0; day < days; day++) {
    for (const hour of hours) {
      const at = START + day * DAY_MS + hour * HOUR_MS;
      calendar = updateCalendar(calendar, Math.log(600 * factor(at)) + NOISE * normal(random), at);
    }
  }
  return calendar as Calendar;
}

const weekdayOf = (at: number): number => new Date(at).getUTCDay();
const dateOf = (at: number): number => new Date(at).getUTCDate();
const isLastOfMonth = (at: number): boolean => dateOf(at + DAY_MS) === 1;
const onMonday = (factor: number) => (at: number) => (weekdayOf(at) === 1 ? factor : 1);

describe('the calendar of a series', () => {
  it.each([
    ['a weekday', 75, onMonday(3), '2026-09-07T04:00:00Z', 3],
    ['a weekend', 75, (at: number) => (weekdayOf(at) % 6 === 0 ? 1 / 3 : 1), '2026-09-05T04:00:00Z', 1 / 3],
    ['the first of the month', 180, (at: number) => (dateOf(at) === 1 ? 4 : 1), '2026-12-01T04:00:00Z', 4],
    ['the last of the month', 200, (at: number) => (isLastOfMonth(at) ? 2 : 1), '2027-02-28T04:00:00Z', 2],
  ])('learns what %s does', (_name, days, pattern, tick, expected) => {
    const calendar = calendarOf(days, pattern);
    const factor = Math.exp(calendarShift(calendar, Date.parse(tick)).log);
    expect(Math.abs(factor / expected - 1)).toBeLessThan(0.08);
    const usual = Date.parse('2026-12-09T04:00:00Z');
    expect(calendarShift(calendar, usual).log).toBe(0);
  });

  it('tells hours of one day apart', () => {
    const calendar = calendarOf(40, (at) => (new Date(at).getUTCHours() === 10 ? 3 : 1), [0, 6, 12]);
    const { hours, weekdays } = effectsOf(calendar);
    expect(Math.exp((hours[10] ?? 0) - (hours[4] ?? 0))).toBeCloseTo(3, 0);
    expect(weekdays.every((log) => log === 0)).toBe(true);
  });

  it('finds no pattern in noise, and none of hours where a daily run moves to another hour', () => {
    expect(calendarOf(400, () => 1)).toMatchObject({ changedOn: 0 });
    const random = seeded(3);
    let calendar = newCalendar() as Calendar;
    for (let day = 0; day < 120; day++) {
      const at = START + day * DAY_MS + (day < 60 ? 0 : 9 * HOUR_MS);
      calendar = updateCalendar(calendar, (day < 60 ? 6 : 7) + NOISE * normal(random), at) as Calendar;
    }
    const { weekdays, monthDays, hours } = effectsOf(calendar);
    expect([...weekdays, ...monthDays, ...hours].filter((log) => log !== 0)).toEqual([]);
  });

  it('gives a pattern up after two days on which it did not hold, and says so once', () => {
    const known = calendarOf(20 * 7, onMonday(3));
    let calendar: Calendar = known;
    const ended: number[] = [];
    for (let day = 0; day < 28; day++) {
      const next = updateCalendar(calendar, Math.log(600), START + (140 + day) * DAY_MS) as Calendar;
      if (patternEnded(calendar, next)) ended.push(day);
      calendar = next;
    }
    expect(calendarShift(known, START + 140 * DAY_MS).log).toBeGreaterThan(1);
    expect(calendarShift(calendar, START + 168 * DAY_MS).log).toBe(0);
    expect(ended).toHaveLength(1);
  });

  it('learns nothing of a day that is over, and goes on alike after being written and read', () => {
    const calendar = calendarOf(100, onMonday(2));
    expect(updateCalendar(calendar, 20, START)).toBe(calendar);
    expect(Calendar.parse(JSON.parse(JSON.stringify(calendar)))).toEqual(calendar);
  });

  it('is said in words, the largest effect first', () => {
    const calendar = calendarOf(280, (at) => onMonday(3)(at) * (dateOf(at) === 15 ? 1.6 : 1));
    const [first, second] = calendarSentences(calendar);
    expect(first).toMatch(/^Runs take (2\.9|3\.0|3\.1) times as long on Mondays\.$/);
    expect(second).toMatch(/^Runs take 1\.[567] times as long on the 15th of the month\.$/);
    expect(calendarSentences(newCalendar())).toEqual([]);
  });
});

describe('shifted quantiles', () => {
  const usual = { q05: 5, q25: 5.5, q50: 6, q75: 6.5, q95: 7 };

  it('are the same where nothing is known of the day', () => {
    expect(shifted(usual, { log: 0, variance: 0 })).toBe(usual);
  });

  it('move with the effect, and are wider by what is not known of it', () => {
    const made = shifted(usual, { log: 1, variance: 0.25 });
    expect(made.q50).toBe(7);
    expect(made.q95 - made.q50).toBeGreaterThan(usual.q95 - usual.q50);
    expect(made.q50 - made.q05).toBeCloseTo(made.q95 - made.q50);
  });
});
