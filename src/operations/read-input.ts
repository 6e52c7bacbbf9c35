import { OffbeatError } from '../errors.ts';
import { nearestWord } from '../nearest-word.ts';
import type { Field } from './fields.ts';
import type { AnyOperation } from './operation.ts';

/** What was typed behind an operation's name. */
export interface Typed {
  readonly positionals: readonly string[];
  /** Values by flag, without its dashes. `true`: the flag had no value. A list: the flag was given more than once. */
  readonly flags: Readonly<Record<string, string | true | readonly string[]>>;
}

/** How an operation is typed at one of the doors. */
export interface CommandSyntax extends Pick<AnyOperation, 'positionals' | 'fields'> {
  /** `/optimize` in a comment, `optimize` in a terminal. */
  readonly typedAs: string;
  readonly example: string;
}

const FLAG = /^--([a-z][a-z0-9-]*)(?:=(.*))?$/s;

/**
 * Splits what was typed into positionals and flags: `--flag value`, `--flag=value`, `--switch`, `--no-switch`. What
 * follows a lone `--` is positional. Throws `command-invalid` for a flag without its value.
 */
export function splitFlags(syntax: CommandSyntax, tokens: readonly string[]): Typed {
  const positionals: string[] = [];
  const flags: Record<string, string | true | string[]> = {};
  const add = (flag: string, value: string | true): void => {
    const before = Object.hasOwn(flags, flag) ? flags[flag] : undefined;
    if (before === undefined || before === true || value === true) flags[flag] = value;
    else flags[flag] = [before, value].flat();
  };
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? '';
    if (token === '--') {
      positionals.push(...tokens.slice(at + 1));
      break;
    }
    const [, flag, attached] = FLAG.exec(token) ?? [];
    if (flag === undefined) {
      positionals.push(token);
      continue;
    }
    if (attached !== undefined) {
      add(flag, attached);
      continue;
    }
    const field = syntax.fields.find((one) => one.flag === flag);
    if (field === undefined || field.kind === 'switch') {
      add(flag, true);
      continue;
    }
    at += 1;
    const value = tokens[at];
    if (value === undefined) throw invalid(syntax, `${syntax.typedAs} --${flag} needs a value behind it.`);
    add(flag, value);
  }
  return { positionals, flags };
}

/** The operation's input as typed, not validated. Throws `command-invalid`: too many positionals, unknown flags. */
export function inputFrom(syntax: CommandSyntax, { positionals, flags }: Typed): Record<string, unknown> {
  const input = fromPositionals(syntax, positionals);
  for (const [flag, value] of Object.entries(flags)) {
    const { field, negated } = fieldOf(syntax, flag);
    if (Object.hasOwn(input, field.name)) {
      throw invalid(syntax, `${syntax.typedAs} was given ${field.name} as a word and as a flag.`);
    }
    input[field.name] = negated ? false : parseValue(syntax, field, value);
  }
  return input;
}

/** How many positionals an operation takes, as people read it: `no words`, `at most one word`. */
export function positionalLimit({ positionals }: Pick<AnyOperation, 'positionals'>): string {
  if (positionals.length === 0) return 'no words';
  return positionals.length === 1 ? 'at most one word' : `at most ${positionals.length} words`;
}

function fromPositionals(syntax: CommandSyntax, values: readonly string[]): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  let at = 0;
  for (const name of syntax.positionals) {
    if (at >= values.length) break;
    if (syntax.fields.find((field) => field.name === name)?.kind === 'list') {
      input[name] = values.slice(at);
      return input;
    }
    input[name] = values[at];
    at += 1;
  }
  if (at < values.length) throw tooManyWords(syntax, values[at] ?? '');
  for (const field of syntax.fields) {
    const value = input[field.name];
    if (typeof value === 'string') input[field.name] = parseValue(syntax, field, value);
  }
  return input;
}

function tooManyWords(syntax: CommandSyntax, word: string): OffbeatError {
  const one = syntax.fields.find(({ kind }) => kind === 'switch');
  const isValue = one !== undefined && (word === 'true' || word === 'false');
  const hint = isValue ? ` A switch takes no value: write --${one.flag} or --no-${one.flag}.` : '';
  return invalid(
    syntax,
    `${syntax.typedAs} takes ${positionalLimit(syntax)}, and ${JSON.stringify(word)} is one too many.${hint}`,
  );
}

function fieldOf(syntax: CommandSyntax, flag: string): { readonly field: Field; readonly negated: boolean } {
  const field = syntax.fields.find((one) => one.flag === flag);
  if (field !== undefined) return { field, negated: false };
  const negated = flag.startsWith('no-')
    ? syntax.fields.find((one) => one.kind === 'switch' && one.flag === flag.slice(3))
    : undefined;
  if (negated !== undefined) return { field: negated, negated: true };
  const known = syntax.fields.map((one) => one.flag);
  const nearest = nearestWord(flag, known);
  const hint = nearest === undefined ? '' : ` Did you mean --${nearest}?`;
  throw invalid(syntax, `${syntax.typedAs} has no flag --${flag}.${hint}`);
}

/** The value of a field. Text that does not fit the field stays text; the schema then says what it should have been. */
function parseValue(syntax: CommandSyntax, field: Field, value: string | true | readonly string[]): unknown {
  if (Array.isArray(value)) {
    if (field.kind === 'list') return value;
    throw invalid(syntax, `--${field.flag} was given more than once.`);
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
      return parseJson(syntax, field, value);
  }
}

function parseJson(syntax: CommandSyntax, field: Field, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(syntax, `--${field.flag} is not JSON.`);
  }
}

function invalid(syntax: CommandSyntax, sentence: string): OffbeatError {
  return new OffbeatError('command-invalid', sentence, { fix: `For example: ${syntax.example}` });
}
