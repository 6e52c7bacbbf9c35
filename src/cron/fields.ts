/** One of cron's five fields: what it is called, what it may hold, and the names it knows. */
export interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names in upper case; empty where the field takes numbers only. */
  readonly names: ReadonlyMap<string, number>;
  /** What `*` means: every value from `min` to `max`. */
  readonly all: readonly number[];
  /** How often a single value comes: `once an hour` for a minute. */
  readonly once: string;
}

const MONTH_NAMES = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAY_NAMES = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

export const MINUTE = fieldOf('minute', 0, 59, 'once an hour');
export const HOUR = fieldOf('hour', 0, 23, 'once a day');
export const DAY_OF_MONTH = fieldOf('day of the month', 1, 31, 'once a month');
export const MONTH = fieldOf('month', 1, 12, 'once a year', MONTH_NAMES);
/** Sunday is 0 and only 0: GitHub rejects the 7 that other crons know. */
export const DAY_OF_WEEK = fieldOf('day of the week', 0, 6, 'once a week', WEEKDAY_NAMES);

/** `names` are those of the values from `min` on. */
function fieldOf(name: string, min: number, max: number, once: string, names: readonly string[] = []): Field {
  const all = Array.from({ length: max - min + 1 }, (_, index) => min + index);
  return { name, min, max, names: new Map(names.map((each, index) => [each, min + index])), all, once };
}

/** How many values the field knows. */
export function sizeOf({ all }: Field): number {
  return all.length;
}

/** Shortest run of values worth writing as a range or a step; two values read better as a list. */
const SHORTEST_RANGE = 3;

/** The shortest readable text for sorted values, at least one, without repeats: `*`, `7-59/15`, `9-17`, `5,20`. */
export function fieldText(field: Field, values: readonly number[]): string {
  if (values.length === sizeOf(field)) return '*';
  const parts: string[] = [];
  let at = 0;
  while (at < values.length) {
    const length = progressionLength(values, at);
    const first = values[at] ?? field.min;
    if (length < SHORTEST_RANGE) {
      parts.push(String(first));
      at += 1;
      continue;
    }
    const last = values[at + length - 1] ?? first;
    parts.push(rangeText(field, first, last, (values[at + 1] ?? first) - first));
    at += length;
  }
  return parts.join(',');
}

/** How many values from `at` on follow each other with the same distance. */
function progressionLength(values: readonly number[], at: number): number {
  const first = values[at];
  const second = values[at + 1];
  if (first === undefined || second === undefined) return 1;
  const step = second - first;
  let length = 2;
  while (values[at + length] === first + step * length) length += 1;
  return length;
}

function rangeText(field: Field, first: number, last: number, step: number): string {
  if (step === 1) return `${first}-${last}`;
  const reachesEnd = last + step > field.max;
  if (reachesEnd && first === field.min) return `*/${step}`;
  return `${first}-${reachesEnd ? field.max : last}/${step}`;
}
