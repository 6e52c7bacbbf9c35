import { z } from 'zod';
import type { Immutable } from '../immutable.ts';
import { mean } from '../statistics.ts';
import { DAY_HOURS } from '../time.ts';
import { classesOfDay, DAY_CLASSES, dayOf } from './calendar-classes.ts';
import { provenEffect } from './effect.ts';
import { numberIn, numberList, zeros } from './number-list.ts';
import { mapQuantiles } from './quantile.ts';
import { sortAscending, sortedMedian } from './recent-values.ts';
import { hourOfDay } from './slot.ts';
import type { Quantiles } from './types.ts';

/** Classes of days, then 24 hours of the day (UTC). */
const FIRST_HOUR = DAY_CLASSES;
const CLASSES = DAY_CLASSES + DAY_HOURS;

/** What one class has shown: how its values differ from the usual ones. */
const Effects = z.object({
  /** Visits of each class, fading. */
  visits: numberList(CLASSES),
  /** Mean difference in log units, and sum of squared deviations from it, fading alike. */
  means: numberList(CLASSES),
  squares: numberList(CLASSES),
  /** Visits in a row that were far from a class's effect on one side; negative below it. */
  streaks: numberList(CLASSES),
});
type Effects = Immutable<z.infer<typeof Effects>>;
/** Effects that the caller alone holds and may change. */
type OwnEffects = z.infer<typeof Effects>;

/** How days and hours differ in a series of log values. */
export const Calendar = Effects.extend({
  /** Slow mean of the squared rest that no class explains: of days, and of hours within their day. */
  dayNoise: z.number(),
  hourNoise: z.number(),
  /** Means of the last days without their effects, oldest first. */
  dayMeans: numberList(),
  /** The UTC day that is not over, in days of the epoch; its hours with values, with sum and number of these. */
  day: z.number().int(),
  /** The day on which a pattern was last found to have changed; 0 never. */
  changedOn: z.number().int(),
  hours: z.array(z.object({ hour: z.number().int(), sum: z.number(), count: z.number().int() })),
});
export type Calendar = Immutable<z.infer<typeof Calendar>>;

/** A class remembers about ten visits: half a year's firsts of the month, ten weeks' Mondays. */
const MEMORY = 0.9;
/** Three visits, the first of which have faded: with two, series without patterns are forecast a little worse. */
const LEAST_VISITS = 2.7;
const NO_SHIFT: CalendarShift = { log: 0, variance: 0 };
/** Standard errors that an effect must be from 0. */
const THRESHOLD = 3.5;
/** Weight of the common noise in a class's variance, in visits (moderated t: Smyth 2004, "Linear models …"). */
const NOISE_WEIGHT = 3;
const NOISE_RATE = 0.05;
/** Log units: below 2 %, spread is rounding. */
const FIRST_NOISE = 0.15 ** 2;
const LEAST_NOISE = 0.02 ** 2;
/** A day is compared with the median of so many before it: a week, so that each weekday is in it once. */
const DAYS_COMPARED = 7;
const LEAST_DAYS = 5;
/** A visit so many standard deviations from what its class expects is a surprise; two on a side: a new pattern. */
const SURPRISE = 3;
const SURPRISES_OF_CHANGE = 2;
/** A pattern of several days ends on several days: that is one change. */
const QUIET_DAYS = 14;
/** Effects are kept to 0.01 %: more digits would only make the written state longer. */
const GRAINS = 1e4;

/** A calendar without patterns. */
export function newCalendar(): Calendar {
  return {
    visits: zeros(CLASSES),
    means: zeros(CLASSES),
    squares: zeros(CLASSES),
    streaks: zeros(CLASSES),
    dayNoise: FIRST_NOISE,
    hourNoise: FIRST_NOISE,
    dayMeans: [],
    day: 0,
    changedOn: 0,
    hours: [],
  };
}

/** By how much (log units) a value is expected to differ from the usual ones, and the variance of that estimate. */
export interface CalendarShift {
  readonly log: number;
  readonly variance: number;
}

/** The shift of a value whose tick is at `at` (epoch ms): by its weekday, its day of the month and its hour. */
export function calendarShift(calendar: Calendar, at: number): CalendarShift {
  const [first, second] = classesOfDay(dayOf(at));
  return sumOf([
    dayEffect(calendar, first),
    dayEffect(calendar, second),
    hourEffect(calendar, hourOfDay(at)),
  ]);
}

/** The shift of each weekday from Monday, with its share of the days that had runs; of none where nothing was seen. */
export function weekdayShifts(
  calendar: Calendar,
): readonly { readonly share: number; readonly shift: CalendarShift }[] {
  const days = Array.from({ length: DAYS_COMPARED }, (_, day) => numberIn(calendar.visits, day));
  const visits = days.reduce((sum, one) => sum + one, 0);
  if (visits === 0) return [];
  return days.map((one, day) => ({ share: one / visits, shift: dayEffect(calendar, day) }));
}

/** Quantiles (log units) of a usual value as those of one with this shift: moved, and wider by what is not known. */
export function shifted(usual: Quantiles, { log, variance }: CalendarShift): Quantiles {
  if (log === 0) return usual;
  return mapQuantiles(usual, (value, score) => {
    const spread = value - usual.q50;
    return usual.q50 + log + Math.sign(score) * Math.sqrt(spread * spread + score * score * variance);
  });
}

/**
 * The calendar after a value (log units) whose tick was at `at` (epoch ms). A day is learned when the next one has
 * begun, and counts once, however many runs it had. A value of a day that is over changes nothing.
 */
export function updateCalendar(calendar: Calendar, value: number, at: number): Calendar {
  const day = dayOf(at);
  if (day < calendar.day) return calendar;
  const hour = hourOfDay(at);
  if (day > calendar.day) return { ...closeDay(calendar), day, hours: [{ hour, sum: value, count: 1 }] };
  const before = calendar.hours.find((one) => one.hour === hour);
  const others = calendar.hours.filter((one) => one.hour !== hour);
  const now = { hour, sum: (before?.sum ?? 0) + value, count: (before?.count ?? 0) + 1 };
  return { ...calendar, hours: [...others, now] };
}

/** Learns the day that is over. */
function closeDay(calendar: Calendar): Calendar {
  const { hours, dayNoise, hourNoise, dayMeans } = calendar;
  if (hours.length === 0) return calendar;
  const effects = ownEffects(calendar);
  const freed = hours.map(({ hour, sum, count }) => sum / count - hourEffect(calendar, hour).log);
  // An hour is compared with the other hours of its day; runs at one hour only say nothing of hours.
  const usual = sortedMedian(sortAscending(freed.slice()));
  const hourRests = freed.map((value) => value - usual);
  const changes =
    hours.length < 2
      ? []
      : hours.map(({ hour }, place) =>
          learnClass(effects, FIRST_HOUR + hour, numberIn(hourRests, place), hourNoise),
        );
  // A day is compared with the days before it, each without its own effects.
  const [first, second] = classesOfDay(calendar.day);
  const dayMean = mean(freed) - dayEffect(calendar, first).log - dayEffect(calendar, second).log;
  const rest = dayMean - sortedMedian(sortAscending(dayMeans.slice()));
  const isComparable = dayMeans.length >= LEAST_DAYS;
  if (isComparable)
    changes.push(...[first, second].map((place) => learnClass(effects, place, rest, dayNoise)));
  return {
    ...calendar,
    ...effects,
    changedOn: changes.includes(true) ? calendar.day : calendar.changedOn,
    hourNoise: hours.length > 1 ? noiseAfter(hourNoise, mean(hourRests.map((one) => one * one))) : hourNoise,
    dayNoise: isComparable ? noiseAfter(dayNoise, rest * rest) : dayNoise,
    dayMeans: [...dayMeans.slice(Math.max(0, dayMeans.length + 1 - DAYS_COMPARED)), rounded(dayMean)],
  };
}

/** Whether learning a value has found a pattern changed, after some quiet weeks. */
export function patternEnded(before: Calendar, after: Calendar): boolean {
  return after.changedOn - before.changedOn > QUIET_DAYS;
}

/** Every effect, in log units, by class: weekdays from Monday, days of the month (last: its last), hours. */
export function effectsOf(calendar: Calendar): {
  readonly weekdays: readonly number[];
  readonly monthDays: readonly number[];
  readonly hours: readonly number[];
} {
  const days = Array.from({ length: DAY_CLASSES }, (_, place) => dayEffect(calendar, place).log);
  return {
    weekdays: days.slice(0, DAYS_COMPARED),
    monthDays: days.slice(DAYS_COMPARED),
    hours: Array.from({ length: DAY_HOURS }, (_, hour) => hourEffect(calendar, hour).log),
  };
}

function ownEffects({ visits, means, squares, streaks }: Effects): OwnEffects {
  return { visits: visits.slice(), means: means.slice(), squares: squares.slice(), streaks: streaks.slice() };
}

/** One visit of a class, in place, by what no effect explains (backfitting). True where its pattern changed. */
function learnClass(own: OwnEffects, place: number, rest: number, noise: number): boolean {
  const said = effectOf(own, place, noise).log;
  const sample = rest + said;
  const streak = said === 0 ? 0 : streakAfter(numberIn(own.streaks, place), rest, noise);
  own.streaks[place] = streak;
  if (Math.abs(streak) >= SURPRISES_OF_CHANGE) {
    own.streaks[place] = 0;
    own.visits[place] = LEAST_VISITS;
    own.means[place] = rounded(sample);
    own.squares[place] = 0;
    return true;
  }
  const visits = MEMORY * numberIn(own.visits, place) + 1;
  const before = numberIn(own.means, place);
  const after = before + (sample - before) / visits;
  own.visits[place] = rounded(visits);
  own.means[place] = rounded(after);
  own.squares[place] = rounded(MEMORY * numberIn(own.squares, place) + (sample - before) * (sample - after));
  return false;
}

/** Surprises in a row, negative for values below the expected one. */
function streakAfter(before: number, rest: number, noise: number): number {
  if (rest * rest <= SURPRISE * SURPRISE * noise) return 0;
  return Math.sign(before) === Math.sign(rest) ? before + Math.sign(rest) : Math.sign(rest);
}

/** A surprise counts as the largest rest that is none: one odd day must not hide the next. */
function noiseAfter(noise: number, square: number): number {
  return Math.max(LEAST_NOISE, noise + NOISE_RATE * (Math.min(square, SURPRISE * SURPRISE * noise) - noise));
}

function dayEffect(calendar: Calendar, place: number): CalendarShift {
  return effectOf(calendar, place, calendar.dayNoise);
}

function hourEffect(calendar: Calendar, hour: number): CalendarShift {
  return effectOf(calendar, FIRST_HOUR + hour, calendar.hourNoise);
}

/** The effect of a class: none where it may as well be chance. */
function effectOf({ visits, means, squares }: Effects, place: number, noise: number): CalendarShift {
  const n = numberIn(visits, place);
  if (n < LEAST_VISITS) return NO_SHIFT;
  const variance = (NOISE_WEIGHT * noise + numberIn(squares, place)) / (NOISE_WEIGHT + n - 1) / n;
  const log = provenEffect(numberIn(means, place), variance, THRESHOLD);
  return log === 0 ? NO_SHIFT : { log, variance };
}

function sumOf(shifts: readonly CalendarShift[]): CalendarShift {
  return shifts.reduce(
    (sum, { log, variance }) => ({ log: sum.log + log, variance: sum.variance + variance }),
    NO_SHIFT,
  );
}

function rounded(value: number): number {
  return Math.round(value * GRAINS) / GRAINS;
}
