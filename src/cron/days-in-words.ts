import { DAY_OF_MONTH, DAY_OF_WEEK, MONTH, sizeOf } from './fields.ts';
import { joinWords } from './join-words.ts';
import { type Cron, fieldTexts } from './parse.ts';

/** From Monday, as a week is read; cron counts from Sunday. */
export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const DATES = Array.from({ length: sizeOf(DAY_OF_MONTH) }, (_, index) => ordinal(index + 1));
/** So many on end are worth "Monday to Friday". */
const SHORTEST_SPAN = 3;
/** So many dates at the same distance are worth "every 2nd day". */
const SHORTEST_STEPPED = 4;

/** On which days, with the joint to the times: " every day", ", Monday to Friday"; empty round the clock. */
export function daysInWords(cron: Cron, roundTheClock: boolean): string {
  const everyDay = roundTheClock ? '' : ' every day';
  const season = isEveryMonth(cron) ? '' : ` in ${monthNames(cron)}`;
  switch (cron.dayRule) {
    case 'every-day':
      return `${everyDay}${season}`;
    case 'days-of-week': {
      const names = weekdayNames(cron);
      return `${isSpan(names) ? ', ' : ' every '}${names}${season}`;
    }
    case 'days-of-month':
      return ` on ${datesPhrase(cron)}`;
    case 'either': {
      const doubt = hasStarredDayField(cron) ? ' (or only where both hold: GitHub does not say)' : '';
      if (hasFullDayField(cron)) return `${everyDay}${season}${doubt}`;
      const names = weekdayNames(cron);
      const also = `${isSpan(names) ? 'on' : 'every'} ${names}`;
      return ` on ${datesPhrase(cron)}, and also ${also}${season}${doubt}`;
    }
  }
}

function isSpan(names: string): boolean {
  return names.includes(' to ');
}

function isEveryMonth(cron: Cron): boolean {
  return cron.months.length === sizeOf(MONTH);
}

/** One day field that names all values makes "either of them" every day. */
function hasFullDayField(cron: Cron): boolean {
  return cron.daysOfMonth.length === sizeOf(DAY_OF_MONTH) || cron.daysOfWeek.length === sizeOf(DAY_OF_WEEK);
}

/** Many crons take a step from `*` for no restriction; then the other field has to hold as well. */
function hasStarredDayField(cron: Cron): boolean {
  const { dayOfMonth, dayOfWeek } = fieldTexts(cron);
  return dayOfMonth.startsWith('*') || dayOfWeek.startsWith('*');
}

function monthNames(cron: Cron): string {
  const indexes = cron.months.map((month) => month - 1);
  return spans(indexes, MONTHS);
}

function weekdayNames(cron: Cron): string {
  const fromMonday = cron.daysOfWeek.map((day) => (day + 6) % 7).toSorted((a, b) => a - b);
  return spans(fromMonday, WEEKDAYS);
}

function datesPhrase(cron: Cron): string {
  const indexes = cron.daysOfMonth.map((date) => date - 1);
  const months = isEveryMonth(cron) ? 'every month' : monthNames(cron);
  return `the ${stepped(indexes) ?? spans(indexes, DATES)} of ${months}`;
}

/** "1st and then every 2nd day up to the 31st". */
function stepped(indexes: readonly number[]): string | null {
  const [first = 0, second = 0] = indexes;
  const step = second - first;
  const even = indexes.every((value, index) => value === first + index * step);
  if (step < 2 || !even || indexes.length < SHORTEST_STEPPED) return null;
  return `${DATES[first]} and every ${ordinal(step)} day after it up to the ${DATES[indexes.at(-1) ?? 0]}`;
}

/** The names of sorted indexes; three and more on end as "first to last". */
function spans(indexes: readonly number[], names: readonly string[]): string {
  const words: string[] = [];
  let at = 0;
  while (at < indexes.length) {
    const first = indexes[at] ?? 0;
    let length = 1;
    while (indexes[at + length] === first + length) length += 1;
    if (length < SHORTEST_SPAN) length = 1;
    const last = names[first + length - 1] ?? '';
    words.push(length === 1 ? last : `${names[first]} to ${last}`);
    at += length;
  }
  return joinWords(words);
}

function ordinal(value: number): string {
  const isTeen = value >= 11 && value <= 13;
  const ending = isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
  return `${value}${ending}`;
}
