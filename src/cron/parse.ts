import type { OffbeatError } from '../errors.ts';
import { DAY_OF_MONTH, DAY_OF_WEEK, HOUR, MINUTE, MONTH, sizeOf } from './fields.ts';
import { cronProblem, type Piece, readField } from './parse-field.ts';
import { quoted } from './quoted.ts';
import { isTimezone } from './timezone.ts';
import { isZoneAbbreviation, zoneMeantBy } from './zone-names.ts';

/** Which day field decides. `either`: both are restricted, and a day matches when one of them does. */
export type DayRule = 'every-day' | 'days-of-month' | 'days-of-week' | 'either';

/** A cron as GitHub reads it. All value lists are sorted, without repeats, and never empty. */
export interface Cron {
  /** Exactly as written. */
  readonly text: string;
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly daysOfWeek: readonly number[];
  readonly dayRule: DayRule;
  /** Bit n stands for the value n. */
  readonly monthMask: number;
  readonly dayOfMonthMask: number;
  readonly dayOfWeekMask: number;
  /** Every minute of the day it asks for, 0–1439, sorted: hours × minutes. */
  readonly dayMinutes: readonly number[];
}

/** The text of the five fields, in cron's order. */
export interface CronFields {
  readonly minute: string;
  readonly hour: string;
  readonly dayOfMonth: string;
  readonly month: string;
  readonly dayOfWeek: string;
}

const FIELD_COUNT = 5;
const EXAMPLE = '"17 3 * * *"';
/** Quotes of a word processor, which YAML takes for letters. */
const QUOTES = /[\u2018-\u201F\u00AB\u00BB]/;
/** A timezone as other crons have it, before the five fields. */
const ZONE_BEFORE = /^(?:CRON_)?TZ=/i;
/** Fields of a cron in which a timezone is looked for: as a crontab has them, a second and a year among them. */
const MOST_ZONES_ASKED = 8;
/** Names that other crons have, with the five fields that they stand for. */
const MACROS: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);
const FIELDS_IN_ORDER = 'minute, hour, day of the month, month, day of the week';
const WRITE_FIVE = `Write five fields (${FIELDS_IN_ORDER}), for example ${EXAMPLE}.`;

/**
 * Reads a cron by the grammar of GitHub's `on.schedule`: five fields separated by spaces, `* , - /`, month and
 * weekday names. Throws `cron-invalid` with the value, the field and the 1-based column at fault, and in `fix`
 * what to write instead.
 */
export function parseCron(text: string): Cron {
  const pieces = split(text);
  const [minute, hour, dayOfMonth, month, dayOfWeek] = pieces;
  if (!minute || !hour || !dayOfMonth || !month || !dayOfWeek || pieces.length > FIELD_COUNT) {
    throw wrongCount(text, pieces.length);
  }
  const minutes = readField(minute, MINUTE);
  const hours = readField(hour, HOUR);
  const daysOfMonth = readField(dayOfMonth, DAY_OF_MONTH);
  const months = readField(month, MONTH);
  const daysOfWeek = readField(dayOfWeek, DAY_OF_WEEK);
  return {
    text,
    minutes,
    hours,
    daysOfMonth,
    months,
    daysOfWeek,
    dayRule: dayRuleOf(dayOfMonth.value, daysOfMonth, dayOfWeek.value, daysOfWeek),
    monthMask: maskOf(months),
    dayOfMonthMask: maskOf(daysOfMonth),
    dayOfWeekMask: maskOf(daysOfWeek),
    dayMinutes: hours.flatMap((h) => minutes.map((m) => h * 60 + m)),
  };
}

/** The five fields as they are written in a cron that `parseCron` accepted. */
export function fieldTexts(cron: Cron): CronFields {
  const [minute = '*', hour = '*', dayOfMonth = '*', month = '*', dayOfWeek = '*'] = cron.text.split(/ +/);
  return { minute, hour, dayOfMonth, month, dayOfWeek };
}

/**
 * Whether both day fields hold something other than a bare `*`. Whether GitHub takes a two-star form or a full range
 * there as "any day" is not known, so nobody should rewrite such a cron.
 */
export function restrictsBothDayFields(cron: Cron): boolean {
  const { dayOfMonth, dayOfWeek } = fieldTexts(cron);
  return dayOfMonth !== '*' && dayOfWeek !== '*';
}

function split(text: string): Piece[] {
  if (text.trim() === '') throw cronProblem('The cron is empty', 1, WRITE_FIVE);
  const odd = /[^\x21-\x7e ]/.exec(text);
  if (odd !== null) {
    const name = odd[0] === '\t' ? 'a tab' : `the character ${JSON.stringify(odd[0])}`;
    const fix = /\s/.test(odd[0])
      ? 'Separate the fields by spaces only.'
      : QUOTES.test(odd[0])
        ? 'Write straight quotes, as on a keyboard.'
        : 'Write digits, letters and signs of plain ASCII only.';
    throw cronProblem(`The cron holds ${name}`, odd.index + 1, fix);
  }
  if (text.startsWith(' ')) throw cronProblem('The cron starts with a space', 1, 'Remove it.');
  if (text.endsWith(' ')) throw cronProblem('The cron ends with a space', text.length, 'Remove it.');
  if (text.startsWith('@')) {
    const same = MACROS.get(text.toLowerCase());
    const fix = same === undefined ? WRITE_FIVE : `Write ${quoted(same)}, which means the same.`;
    throw cronProblem(`GitHub does not know ${quoted(text)}`, 1, fix);
  }
  const pieces = [...text.matchAll(/[^ ]+/g)].map((match) => ({ value: match[0], column: match.index + 1 }));
  // To ask for each of thousands whether it is a zone would take seconds.
  const zone = pieces.length > FIELD_COUNT ? pieces.slice(0, MOST_ZONES_ASKED).find(namesZone) : undefined;
  if (zone === undefined) return pieces;
  throw cronProblem(`The cron names the timezone ${quoted(zone.value)}`, zone.column, fixForZone(zone));
}

function namesZone({ value }: Piece): boolean {
  return ZONE_BEFORE.test(value) || isTimezone(value) || isZoneAbbreviation(value);
}

function fixForZone({ value }: Piece): string {
  const name = value.replace(ZONE_BEFORE, '');
  const zone = zoneMeantBy(name) ?? (isTimezone(name) ? name : undefined);
  if (zone === 'UTC') return 'Leave it out: a cron without a timezone is in UTC.';
  return zone === undefined
    ? 'Leave it out, and write a `timezone` below the `cron`: the IANA name of the place, as REGION/CITY.'
    : `Leave it out, and write \`timezone: ${zone}\` below the \`cron\`.`;
}

function wrongCount(text: string, count: number): OffbeatError {
  const hint =
    count === 6 ? 'GitHub has no field for seconds or years: leave it out.' : `For example ${EXAMPLE}.`;
  return cronProblem(
    `${quoted(text)} has ${count} ${count === 1 ? 'field' : 'fields'}, a cron has five`,
    1,
    `Write ${FIELDS_IN_ORDER}. ${hint}`,
  );
}

function dayRuleOf(
  monthText: string,
  daysOfMonth: readonly number[],
  weekText: string,
  daysOfWeek: readonly number[],
): DayRule {
  if (monthText !== '*' && weekText !== '*') return 'either';
  if (daysOfMonth.length < sizeOf(DAY_OF_MONTH)) return 'days-of-month';
  return daysOfWeek.length < sizeOf(DAY_OF_WEEK) ? 'days-of-week' : 'every-day';
}

function maskOf(values: readonly number[]): number {
  return values.reduce((mask, value) => mask | (1 << value), 0);
}
