import { OffbeatError } from '../errors.ts';
import { fieldsOf } from './fields.ts';
import { inputProblems } from './input-problems.ts';
import { ALL_DOORS, type AnyOperation, type Operation } from './operation.ts';

/** Hides the types of an operation's input and output, so that one table can hold all operations. */
export function defineOperation<Input, Output>(operation: Operation<Input, Output>): AnyOperation {
  const fields = fieldsOf(operation.input);
  return {
    name: operation.name,
    summary: operation.summary,
    example: operation.example,
    permission: operation.permission,
    positionals: operation.positionals,
    doors: operation.doors ?? ALL_DOORS,
    mutates: operation.mutates ?? operation.permission !== 'read',
    file: operation.file ?? null,
    fields,
    inputSchema: operation.input,
    outputSchema: operation.output,
    async answer(input, where) {
      const checked = operation.input.safeParse(input);
      if (!checked.success) {
        throw new OffbeatError('command-invalid', inputProblems(checked.error.issues, input, fields), {
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
