import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys and values',
  record: 'a mapping of keys and values',
};

const FORMATS: Readonly<Record<string, string>> = {
  datetime: 'Write an instant in UTC, for example 2026-05-04T02:10:00Z.',
};

/** Messages of zod's own; every other one is a sentence that a schema of ours carries. */
const FOREIGN = /^(?:Invalid|Too (?:small|big)|Unrecognized|Unknown)\b/;

/** What a schema asks for: as a noun phrase (`a whole number`), or as a whole sentence where it carries its own. */
export type SchemaDemand = { readonly must: string } | { readonly hint: string };

export function schemaDemand(issue: Issue): SchemaDemand {
  if (!FOREIGN.test(issue.message)) return { hint: issue.message };
  switch (issue.code) {
    case 'invalid_type':
      return { must: KINDS[issue.expected] ?? issue.expected };
    case 'invalid_value':
      return { must: `one of ${issue.values.map(String).filter(Boolean).join(', ')}` };
    case 'too_small':
      return { must: amount(issue.origin, 'at least', issue.minimum) };
    case 'too_big':
      return { must: amount(issue.origin, 'at most', issue.maximum) };
    case 'invalid_union':
      return { must: alternatives(issue.errors) };
    case 'invalid_format':
      return { hint: FORMATS[issue.format] ?? 'It has another form than is expected.' };
    case 'not_multiple_of':
      return { must: `a multiple of ${issue.divisor}` };
    case 'invalid_key':
      return { hint: 'This name cannot be used. Letters, digits, dots and dashes can.' };
    default:
      return { hint: 'It cannot be used.' };
  }
}

/** Whether the value that an issue is about was left out of `input`. */
export function isMissing({ path }: Issue, input: unknown): boolean {
  return path.length > 0 && path.reduce<unknown>((value, key) => Object(value)[key], input) === undefined;
}

/** What is wrong, as a sentence. `name` is what people call the value; empty for the whole input. */
export function schemaSentence(issue: Issue, input: unknown, name: string): string {
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => `\`${key}\``).join(' and no ');
    return `There is no ${keys}${name === '' ? '' : ` in ${name}`}.`;
  }
  const named = name === '' ? 'The input' : name;
  if (isMissing(issue, input)) return `${named} is missing.`;
  const demand = schemaDemand(issue);
  return 'hint' in demand ? `${named}: ${demand.hint}` : `${named} has to be ${demand.must}.`;
}

/** What a bound counts where it is no number's own. */
function amount(origin: string, least: string, bound: number | bigint): string {
  if (origin === 'string') return `text of ${least} ${bound} character${bound === 1 ? '' : 's'}`;
  return origin === 'array' || origin === 'set' ? `a list of ${least} ${bound}` : `${least} ${bound}`;
}

function alternatives(errors: readonly (readonly Issue[])[]): string {
  const kinds = errors.flatMap(([first]) => (first === undefined ? [] : [schemaDemand(first)]));
  const musts = [...new Set(kinds.flatMap((kind) => ('must' in kind ? [kind.must] : [])))];
  return musts.length < 2 ? musts.join('') : `${musts.slice(0, -1).join(', ')}, or ${musts.at(-1)}`;
}
