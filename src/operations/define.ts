import { z } from 'zod';
import { OffbeatError } from '../errors.ts';
import { fieldsOf } from './fields.ts';
import { ALL_DOORS, type AnyOperation, type Operation } from './operation.ts';

/** Hides the types of an operation's input and output, so that one table can hold all operations. */
export function defineOperation<Input, Output>(operation: Operation<Input, Output>): AnyOperation {
  return {
    name: operation.name,
    summary: operation.summary,
    example: operation.example,
    permission: operation.permission,
    positionals: operation.positionals,
    doors: operation.doors ?? ALL_DOORS,
    mutates: operation.mutates ?? operation.permission !== 'read',
    file: operation.file ?? null,
    fields: fieldsOf(operation.input),
    inputSchema: operation.input,
    outputSchema: operation.output,
    async answer(input, where) {
      const checked = operation.input.safeParse(input);
      if (!checked.success) {
        throw new OffbeatError('command-invalid', z.prettifyError(checked.error), {
          where: operation.name,
          fix: `For example: ${operation.example}`,
        });
      }
      const output = await operation.run(checked.data, where);
      return {
        data: operation.output.parse(output),
        document: operation.render(output),
      };
    },
  };
}
