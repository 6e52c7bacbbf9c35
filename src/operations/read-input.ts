import { OffbeatError } from '../errors.ts';
import { nearestWord } from '../nearest-word.ts';
import type { Field } from './fields.ts';
import type { AnyOperation } from './operation.ts';

/** What was typed behind an operation's name. */
export interface Typed {
  readonly words: readonly string[];
  /** By flag, without its dashes. `true`: it stood alone. A list: it was given more than once. */
  readonly flags: Readonly<Record<string, string | true | readonly string[]>>;
}

/** An operation as the door at hand writes it. */
export interface Told extends Pick<AnyOperation, 'words' | 'fields'> {
  /** `/optimize` in a comment, `optimize` in a terminal. */
  readonly typedAs: string;
  readonly example: string;
}

const FLAG = /^--([a-z][a-z0-9-]*)(?:=(.*))?$/s;

/**
 * Parts what was typed into words and flags: `--flag value`, `--flag=value`, `--switch`, `--no-switch`; what follows a
 * lone `--` is words. Throws `command-invalid` for a flag without its value.
 */
export function splitFlags(operation: Told, tokens: readonly string[]): Typed {
  const words: string[] = [];
  const flags: Record<string, string | true | string[]> = {};
  const add = (flag: string, value: string | true): void => {
    const before = Object.hasOwn(flags, flag) ? flags[flag] : undefined;
    if (before === undefined || before === true || value === true) flags[flag] = value;
    else flags[flag] = [before, value].flat();
  };
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? '';
    if (token === '--') {
      words.push(...tokens.slice(at + 1));
      break;
    }
    const [, flag, attached] = FLAG.exec(token) ?? [];
    if (flag === undefined) {
      words.push(token);
      continue;
    }
    if (attached !== undefined) {
      add(flag, attached);
      continue;
    }
    const field = operation.fields.find((one) => one.flag === flag);
    if (field === undefined || field.kind === 'switch') {
      add(flag, true);
      continue;
    }
    at += 1;
    const value = tokens[at];
    if (value === undefined)
      throw wrong(operation, `${operation.typedAs} --${flag} needs a value behind it.`);
    add(flag, value);
  }
  return { words, flags };
}

/**
 * The operation's input as typed, still to be validated. Throws `command-invalid` for words too many and for flags that
 * it does not know.
 */
export function inputFrom(operation: Told, { words, flags }: Typed): Record<string, unknown> {
  const input = fromWords(operation, words);
  for (const [flag, value] of Object.entries(flags)) {
    const { field, negated } = fieldOf(operation, flag);
    if (Object.hasOwn(input, field.name)) {
      throw wrong(operation, `${operation.typedAs} was given ${field.name} as a word and as a flag.`);
    }
    input[field.name] = negated ? false : readValue(operation, field, value);
  }
  return input;
}

/** How many words an operation takes, in words: `no words`, `at most one word`. */
export function amountOfWords({ words }: Pick<AnyOperation, 'words'>): string {
  if (words.length === 0) return 'no words';
  return words.length === 1 ? 'at most one word' : `at most ${words.length} words`;
}

function fromWords(operation: Told, words: readonly string[]): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  let at = 0;
  for (const name of operation.words) {
    if (at >= words.length) break;
    if (operation.fields.find((field) => field.name === name)?.kind === 'list') {
      input[name] = words.slice(at);
      return input;
    }
    input[name] = words[at];
    at += 1;
  }
  if (at < words.length) throw wrong(operation, `${operation.typedAs} takes ${amountOfWords(operation)}.`);
  // Plain words are texts until the field says otherwise.
  for (const field of operation.fields) {
    const word = input[field.name];
    if (typeof word === 'string') input[field.name] = readValue(operation, field, word);
  }
  return input;
}

function fieldOf(operation: Told, flag: string): { readonly field: Field; readonly negated: boolean } {
  const field = operation.fields.find((one) => one.flag === flag);
  if (field !== undefined) return { field, negated: false };
  const negated = flag.startsWith('no-')
    ? operation.fields.find((one) => one.kind === 'switch' && one.flag === flag.slice(3))
    : undefined;
  if (negated !== undefined) return { field: negated, negated: true };
  const nearest = nearestWord(
    flag,
    operation.fields.map((one) => one.flag),
  );
  throw wrong(
    operation,
    `${operation.typedAs} has no flag --${flag}.${nearest === undefined ? '' : ` Did you mean --${nearest}?`}`,
  );
}

/** What cannot be read stays a text: the schema then says what it should have been. */
function readValue(operation: Told, field: Field, value: string | true | readonly string[]): unknown {
  if (Array.isArray(value)) {
    if (field.kind === 'list') return value;
    throw wrong(operation, `--${field.flag} was given more than once.`);
  }
  if (value === true || typeof value !== 'string') return value;
  switch (field.kind) {
    case 'text':
      return value;
    case 'list':
      return [value];
    case 'number':
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : value;
    case 'switch':
      return value === 'true' ? true : value === 'false' ? false : value;
    case 'json':
      return readJson(operation, field, value);
  }
}

function readJson(operation: Told, field: Field, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrong(operation, `--${field.flag} is not JSON.`);
  }
}

function wrong(operation: Told, sentence: string): OffbeatError {
  return new OffbeatError('command-invalid', sentence, { fix: `For example: ${operation.example}` });
}
