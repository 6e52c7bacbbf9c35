import { OffbeatError } from '../errors.ts';
import { didYouMean, nearestWord } from '../nearest-word.ts';
import { DAY_OF_WEEK, type Field, sizeOf } from './fields.ts';
import { quoted } from './quoted.ts';

/** The text of one field. */
export interface Piece {
  readonly value: string;
  /** 1-based place of the first character in the whole cron. */
  readonly column: number;
}

/** What other crons know and GitHub does not. */
interface Foreign {
  readonly pattern: RegExp;
  readonly what: string;
  /** What to write instead. */
  readonly fix: string;
}

const FOREIGN: readonly Foreign[] = [
  { pattern: /\?/, what: '"?"', fix: 'Write "*" for any value.' },
  {
    pattern: /#/,
    what: '"#" (the n-th weekday of a month)',
    fix: 'Write the weekday alone, and test the day of the month in a step.',
  },
  { pattern: /\d[LW]|^(?:L|W|LW)$/i, what: '"L" and "W"', fix: 'Name the days of the month as numbers.' },
  { pattern: /^H(?:$|[/(])/i, what: '"H" (a hashed value)', fix: 'Write a fixed number.' },
];

/** The values of one field, sorted, without repeats. Throws `cron-invalid` with item, field and column at fault. */
export function readField({ value, column }: Piece, field: Field): readonly number[] {
  // Most fields of most crons, and a cron is read for every run.
  if (value === '*') return field.all;
  const foreign = FOREIGN.find(({ pattern }) => pattern.test(value));
  if (foreign !== undefined) {
    throw at(value, field, column, `GitHub does not know ${foreign.what}`, foreign.fix);
  }
  const values = new Set<number>();
  let itemColumn = column;
  for (const item of value.split(',')) {
    if (item === '')
      throw at(value, field, itemColumn, 'a list item is missing', 'Write one beside each comma.');
    addItem(values, item, field, itemColumn);
    itemColumn += item.length + 1;
  }
  return [...values].sort((a, b) => a - b);
}

/** One list item: `*`, `5`, `1-5`, each with or without `/step`. */
function addItem(values: Set<number>, item: string, field: Field, column: number): void {
  const [base = '', stepText, ...more] = item.split('/');
  if (more.length > 0) throw at(item, field, column, 'more than one "/"', 'Keep one step.');
  const step = stepText === undefined ? 1 : readStep(item, stepText, field, column + base.length + 1);
  const [first, last] = readSpan(item, base, stepText === undefined ? undefined : step, field, column);
  for (let value = first; value <= last; value += step) values.add(value);
}

function readStep(item: string, text: string, field: Field, column: number): number {
  // GitHub bounds the step by the field's own range, so that "*/60" minutes is an error and not once an hour.
  const smallest = Math.max(1, field.min);
  const step = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (step >= smallest && step <= field.max) return step;
  const once = step > field.max ? ` For ${field.once} write a single value, such as "${field.min}".` : '';
  throw at(
    item,
    field,
    column,
    `the step ${quoted(text)} is not one of ${smallest}-${field.max}`,
    `Write a step of ${smallest}-${field.max}.${once}`,
  );
}

function readSpan(
  item: string,
  base: string,
  step: number | undefined,
  field: Field,
  column: number,
): [number, number] {
  if (base === '*') return [field.min, field.max];
  const [from = '', to, ...more] = base.split('-');
  if (more.length > 0 || from === '' || to === '') {
    throw at(
      item,
      field,
      column,
      'a range needs one value on each side of "-"',
      `For example "${field.min}-${field.max}".`,
    );
  }
  const first = readValue(item, from, field, column);
  // A single value with a step runs on to the end of the field: GitHub's own example is "20/15".
  if (to === undefined) return [first, step === undefined ? first : field.max];
  const last = readValue(item, to, field, column + from.length + 1);
  if (last >= first) return [first, last];
  throw at(
    item,
    field,
    column,
    'the range runs backwards',
    adviceForBackwards(base, field, [first, last], step ?? 1),
  );
}

/** What a range that runs backwards was meant to be: a list where it is written with names, else two ranges. */
function adviceForBackwards(
  base: string,
  field: Field,
  [first, last]: readonly [number, number],
  step: number,
): string {
  const size = sizeOf(field);
  const length = Math.floor((last - first + size) / step) + 1;
  const values = Array.from({ length }, (_, at) => ((first - field.min + at * step) % size) + field.min);
  if (/[a-z]/i.test(base)) {
    const names = new Map([...field.names].map(([name, value]) => [value, name]));
    return `Write a list: "${values.map((value) => names.get(value) ?? value).join(',')}".`;
  }
  const beforeEnd = values.filter((value) => value >= first);
  const afterwards = values.filter((value) => value < first);
  const parts = [beforeEnd, afterwards].filter((part) => part.length > 0);
  return `Write it as ${parts.length === 2 ? 'two' : 'one'}: "${parts.map((part) => spanText(part, step)).join(',')}".`;
}

function spanText(values: readonly number[], step: number): string {
  const [first = 0] = values;
  if (values.length === 1) return String(first);
  return `${first}-${values.at(-1)}${step === 1 ? '' : `/${step}`}`;
}

function readValue(item: string, text: string, field: Field, column: number): number {
  const value = field.names.get(text.toUpperCase()) ?? (/^\d+$/.test(text) ? Number(text) : Number.NaN);
  if (value >= field.min && value <= field.max) return value;
  const sunday = field === DAY_OF_WEEK && value === 7 ? ' Sunday is 0.' : '';
  const meant = nameMeantBy(text, field);
  const fix = meant === undefined ? `Write ${span(field)}.${sunday}` : didYouMean(meant);
  throw at(item, field, column, `${quoted(text)} is not ${span(field)}`, fix);
}

/** The name that a longer or mistyped one stands for: `MON` for Monday; `undefined` in fields without names. */
function nameMeantBy(text: string, field: Field): string | undefined {
  if (!/^[a-z]+$/i.test(text)) return undefined;
  const names = [...field.names.keys()];
  return names.find((name) => text.toUpperCase().startsWith(name)) ?? nearestWord(text, names);
}

function span(field: Field): string {
  const names = [...field.names.keys()];
  const named = names.length === 0 ? '' : ` or ${names[0]}-${names.at(-1)}`;
  return `${field.min}-${field.max}${named}`;
}

function at(value: string, field: Field, column: number, problem: string, fix: string): OffbeatError {
  return cronProblem(`${quoted(value)} in the ${field.name} field: ${problem}`, column, fix);
}

/** The error for a cron that GitHub would not take. */
export function cronProblem(problem: string, column: number, fix: string): OffbeatError {
  return new OffbeatError('cron-invalid', `${problem} (column ${column}).`, { fix });
}
