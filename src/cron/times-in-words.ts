import cronstrue from 'cronstrue';
import { clockTime, HOUR_MINUTES, twoDigits } from '../time.ts';
import { type Field, fieldText, HOUR, MINUTE, sizeOf } from './fields.ts';
import { joinWords } from './join-words.ts';
import type { Cron } from './parse.ts';

/** More times than this read better as a pattern. */
const MOST_LISTED_TIMES = 4;
/** Two hours of a day are two times; three at the same distance are a step. */
const FEWEST_STEPS = 3;

/** When in the day, and whether the words already say that it goes on round the clock. */
export interface Times {
  readonly phrase: string;
  readonly roundTheClock: boolean;
}

/** When in the day: "about 02:17" (GitHub starts when it has room), "every hour from 09:00 to 17:00". */
export function timesInWords(cron: Cron): Times {
  const { minutes, hours, dayMinutes } = cron;
  if (hours.length === sizeOf(HOUR)) return { phrase: withinEveryHour(minutes), roundTheClock: true };
  const everyHours = hours.length >= FEWEST_STEPS && minutes.length === 1 ? everyFewHours(cron) : null;
  if (everyHours !== null) return everyHours;
  if (dayMinutes.length <= MOST_LISTED_TIMES) return part(`about ${joinWords(dayMinutes.map(clockTime))}`);
  return part(overHourRange(cron) ?? oddTimes(cron));
}

function part(phrase: string): Times {
  return { phrase, roundTheClock: false };
}

function withinEveryHour(minutes: readonly number[]): string {
  const [first = 0] = minutes;
  if (minutes.length === 1) return first === 0 ? 'every hour on the hour' : `every hour at minute ${first}`;
  return everyFewMinutes(minutes) ?? `every hour at minutes ${joinWords(minutes.map(String))}`;
}

/** Steps through the whole hour; where 60 is no multiple, the gap into the next hour is named. */
function everyFewMinutes(minutes: readonly number[]): string | null {
  const step = stepOf(minutes);
  if (step === null || minutes.length * step < HOUR_MINUTES - step) return null;
  const first = minutes[0] ?? 0;
  if (step === 1) return minutes.length === sizeOf(MINUTE) ? 'every minute' : null;
  const start = first === 0 ? '' : ` from minute ${first}`;
  const last = minutes.at(-1) ?? 0;
  const rest = first + HOUR_MINUTES - last;
  const uneven = ` (but ${rest} from :${twoDigits(last)} to :${twoDigits(first)})`;
  return `every ${step} minutes${start}${rest === step ? '' : uneven}`;
}

function everyFewHours(cron: Cron): Times | null {
  const step = stepOf(cron.hours);
  if (step === null) return null;
  const [start = 0] = cron.hours;
  const first = clockTime(cron.dayMinutes[0] ?? 0);
  const last = clockTime(cron.dayMinutes.at(-1) ?? 0);
  const rest = start + sizeOf(HOUR) - (cron.hours.at(-1) ?? 0);
  if (rest === step) return { phrase: `every ${step} hours from ${first}`, roundTheClock: true };
  return part(`every ${step === 1 ? 'hour' : `${step} hours`} from ${first} to ${last}`);
}

/** "every 15 minutes from 09:00 to 17:45": a full pattern in each of several hours on end. */
function overHourRange(cron: Cron): string | null {
  const everyMinutes = everyFewMinutes(cron.minutes);
  if (everyMinutes === null || everyMinutes.includes('(')) return null;
  if (cron.hours.length > 1 && stepOf(cron.hours) !== 1) return null;
  const [pattern] = everyMinutes.split(' from ');
  return `${pattern} from ${clockTime(cron.dayMinutes[0] ?? 0)} to ${clockTime(cron.dayMinutes.at(-1) ?? 0)}`;
}

/** Patterns without a name of their own; both fields are put into their plainest form first. */
function oddTimes(cron: Cron): string {
  const minute = plain(MINUTE, cron.minutes);
  const hour = plain(HOUR, cron.hours);
  const text = cronstrue.toString(`${minute} ${hour} * * *`, { use24HourTimeFormat: true });
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** cronstrue says "every 7 minutes" of steps that leave a rest, so uneven steps are spelled out as lists. */
function plain(field: Field, values: readonly number[]): string {
  const text = fieldText(field, values);
  return text.includes('/') ? values.join(',') : text;
}

/** The common distance of at least two values, or `null`. */
function stepOf(values: readonly number[]): number | null {
  const [first, second] = values;
  if (first === undefined || second === undefined) return null;
  const step = second - first;
  return values.every((value, index) => value === first + index * step) ? step : null;
}
