/** One of cron's five fields: what it is called, what it may hold, and the names it knows. */
export interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names in upper case; empty where the field takes numbers only. */
  readonly names: ReadonlyMap<string, number>;
}

const NO_NAMES: ReadonlyMap<string, number> = new Map();
const MONTH_NAMES = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAY_NAMES = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

export const MINUTE: Field = { name: 'minute', min: 0, max: 59, names: NO_NAMES };
export const HOUR: Field = { name: 'hour', min: 0, max: 23, names: NO_NAMES };
export const DAY_OF_MONTH: Field = { name: 'day of the month', min: 1, max: 31, names: NO_NAMES };
export const MONTH: Field = {
  name: 'month',
  min: 1,
  max: 12,
  names: new Map(MONTH_NAMES.map((name, index) => [name, index + 1])),
};
/** Sunday is 0 and only 0: GitHub rejects the 7 that other crons know. */
export const DAY_OF_WEEK: Field = {
  name: 'day of the week',
  min: 0,
  max: 6,
  names: new Map(WEEKDAY_NAMES.map((name, index) => [name, index])),
};

/** How many values the field knows. */
export function sizeOf(field: Field): number {
  return field.max - field.min + 1;
}

/** Shortest run of values worth writing as a range or a step; two values read better as a list. */
const SHORTEST_RANGE = 3;

/**
 * The shortest readable text for a set of values: `*`, `7-59/15`, `9-17`, `5,20`. `values` are sorted, without
 * repeats, and not empty.
 */
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
