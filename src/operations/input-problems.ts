import type { z } from 'zod';
import { schemaSentence } from '../schema-problem.ts';
import type { Field } from './fields.ts';

/** What is wrong with what was typed, a sentence for each problem. Values are named by the flags of `fields`. */
export function inputProblems(
  issues: readonly z.core.$ZodIssue[],
  input: unknown,
  fields: readonly Field[] = [],
): string {
  return issues.map((issue) => schemaSentence(issue, input, nameOf(issue.path, fields))).join(' ');
}

function nameOf([first, ...below]: readonly PropertyKey[], fields: readonly Field[]): string {
  if (first === undefined) return '';
  const flag = fields.find(({ name }) => name === first)?.flag ?? first;
  return `\`${[flag, ...below].map(String).join('.')}\``;
}
