import { z } from 'zod';
import { OffbeatError } from '../errors.ts';
import { fieldsOf } from './fields.ts';
import { inputProblems } from './input-problems.ts';
import { ALL_DOORS, type AnyOperation, type Operation } from './operation.ts';

/** Hides the types of an operation's input and output, so that one table can hold all operations. */
export function defineOperation<Input, Output>(operation: Operation<Input, Output>): AnyOperation {
  const { name, summary, example, permission, positionals = [], doors = ALL_DOORS, file = null } = operation;
  const inputSchema = operation.input ?? (z.strictObject({}) as z.ZodType<Input>);
  const fields = fieldsOf(inputSchema);
  return {
    name,
    summary,
    example,
    permission,
    positionals,
    doors,
    mutates: operation.mutates ?? permission !== 'read',
    file,
    fields,
    inputSchema,
    outputSchema: operation.output,
    async answer(input, where) {
      const checked = inputSchema.safeParse(input);
      if (!checked.success) {
        throw new OffbeatError('command-invalid', inputProblems(checked.error.issues, input, fields), {
          where: name,
          fix: `For example: ${example}`,
        });
      }
      const output = await operation.run(checked.data, where);
      return { data: operation.output.parse(output), document: operation.render(output) };
    },
  };
}
