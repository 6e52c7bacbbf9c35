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
    throw at({ text: value, field, column }, `GitHub does not know ${foreign.what}`, foreign.fix);
  }
  const values = new Set<number>();
  let item: Item = { text: value, field, column };
  for (const text of value.split(',')) {
    if (text === '') {
      throw at({ ...item, text: value }, 'a list item is missing', 'Write one beside each comma.');
    }
    item = { ...item, text };
    addItem(values, item);
    item = behind(item, text.length + 1);
  }
  return [...values].sort((a, b) => a - b);
}

/** One list item, or a part of it that begins further on. */
interface Item {
  readonly text: string;
  readonly field: Field;
  readonly column: number;
}

function behind(item: Item, length: number): Item {
  return { ...item, column: item.column + length };
}

/** One list item: `*`, `5`, `1-5`, each with or without `/step`. */
function addItem(values: Set<number>, item: Item): void {
  const [base = '', stepText, ...more] = item.text.split('/');
  if (more.length > 0) throw at(item, 'more than one "/"', 'Keep one step.');
  const step = stepText === undefined ? undefined : readStep(behind(item, base.length + 1), stepText);
  const [first, last] = readSpan(item, base, step);
  for (let value = first; value <= last; value += step ?? 1) values.add(value);
}

function readStep(item: Item, text: string): number {
  const { field } = item;
  // GitHub bounds the step by the field's own range, so that "*/60" minutes is an error and not once an hour.
  const smallest = Math.max(1, field.min);
  const step = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (step >= smallest && step <= field.max) return step;
  const once = step > field.max ? ` For ${field.once} write a single value, such as "${field.min}".` : '';
  const steps = `${smallest}-${field.max}`;
  throw at(item, `the step ${quoted(text)} is not one of ${steps}`, `Write a step of ${steps}.${once}`);
}

function readSpan(item: Item, base: string, step: number | undefined): [number, number] {
  const { field } = item;
  if (base === '*') return [field.min, field.max];
  const [from = '', to, ...more] = base.split('-');
  if (more.length > 0 || from === '' || to === '') {
    const example = `For example "${field.min}-${field.max}".`;
    throw at(item, 'a range needs one value on each side of "-"', example);
  }
  const first = readValue(item, from);
  // A single value with a step runs on to the end of the field: GitHub's own example is "20/15".
  if (to === undefined) return [first, step === undefined ? first : field.max];
  const last = readValue(behind(item, from.length + 1), to);
  if (last >= first) return [first, last];
  throw at(item, 'the range runs backwards', adviceForBackwards(base, field, [first, last], step ?? 1));
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

function readValue(item: Item, text: string): number {
  const { field } = item;
  const value = field.names.get(text.toUpperCase()) ?? (/^\d+$/.test(text) ? Number(text) : Number.NaN);
  if (value >= field.min && value <= field.max) return value;
  const sunday = field === DAY_OF_WEEK && value === 7 ? ' Sunday is 0.' : '';
  const meant = nameMeantBy(text, field);
  const fix = meant === undefined ? `Write ${span(field)}.${sunday}` : didYouMean(meant);
  throw at(item, `${quoted(text)} is not ${span(field)}`, fix);
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

function at({ text, field, column }: Item, problem: string, fix: string): OffbeatError {
  return cronProblem(`${quoted(text)} in the ${field.name} field: ${problem}`, column, fix);
}

/** The error for a cron that GitHub would not take. */
export function cronProblem(problem: string, column: number, fix: string): OffbeatError {
  return new OffbeatError('cron-invalid', `${problem} (column ${column}).`, { fix });
}
