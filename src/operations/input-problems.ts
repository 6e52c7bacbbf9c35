import type { z } from 'zod';
import type { Field } from './fields.ts';

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
};

const FORMATS: Readonly<Record<string, string>> = {
  datetime: 'Write an instant in UTC, for example 2026-05-04T02:10:00Z.',
};

/** What is wrong with what was typed, a sentence for each field. */
export function inputProblems(
  issues: readonly z.core.$ZodIssue[],
  input: unknown,
  fields: readonly Field[],
): string {
  return issues.map((issue) => problem(issue, input, fields)).join(' ');
}

function problem(issue: z.core.$ZodIssue, input: unknown, fields: readonly Field[]): string {
  const [first] = issue.path;
  if (first === undefined) return wholeProblem(issue);
  const name = `\`${fields.find((field) => field.name === first)?.flag ?? String(first)}\``;
  if (Object(input)[first] === undefined) return `${name} is missing.`;
  switch (issue.code) {
    case 'invalid_type':
      return `${name} has to be ${KINDS[issue.expected] ?? issue.expected}.`;
    case 'invalid_value':
      return `${name} has to be one of ${issue.values.map(String).join(', ')}.`;
    case 'too_small':
      return `${name} has to be at least ${issue.minimum}${ofLength(issue.origin)}.`;
    case 'too_big':
      return `${name} has to be at most ${issue.maximum}${ofLength(issue.origin)}.`;
    case 'invalid_format':
      return `${name}: ${FORMATS[issue.format] ?? issue.message}`;
    default:
      return `${name}: ${issue.message}`;
  }
}

function wholeProblem(issue: z.core.$ZodIssue): string {
  return issue.code === 'unrecognized_keys'
    ? `There is no ${issue.keys.map((key) => `\`${key}\``).join(' and no ')}.`
    : issue.message;
}

/** What a bound counts where it is no number's own. */
function ofLength(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' ? ' long' : '';
}
