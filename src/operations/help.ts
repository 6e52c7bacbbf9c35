import { z } from 'zod';
import { type HelpLine, renderHelp } from '../render/comment.ts';
import { only } from '../render/document.ts';
import { defineOperation } from './define.ts';
import { ALL_DOORS, type AnyOperation } from './operation.ts';

const Help = z.array(
  z.object({
    name: z.string(),
    usage: z.string(),
    summary: z.string(),
    example: z.string(),
    who: z.enum(['read', 'write', 'operator']),
    doors: z.array(z.enum(ALL_DOORS)),
  }),
);

/** How an operation is typed, such as `/optimize [workflow]`; required positionals are in angle brackets. */
export function usageOf({
  name,
  positionals,
  fields,
}: Pick<AnyOperation, 'name' | 'positionals' | 'fields'>): string {
  const shown = positionals.map((positional) => {
    const field = fields.find((one) => one.name === positional);
    const text = `${field?.flag ?? positional}${field?.kind === 'list' ? '…' : ''}`;
    return field?.required === true ? `<${text}>` : `[${text}]`;
  });
  return [`/${name}`, ...shown].join(' ');
}

/** Help for the operations that a comment can ask for. All of them need write access there. */
export function helpLines(operations: readonly AnyOperation[]): readonly HelpLine[] {
  return operations
    .filter(({ doors }) => doors.includes('slash'))
    .map((operation) => ({
      usage: usageOf(operation),
      summary: operation.summary,
      permission: 'write',
    }));
}

/** Makes the operation that lists all operations. It takes a function, since the list contains this operation too. */
export function helpOperation(operations: () => readonly AnyOperation[]): AnyOperation {
  return defineOperation({
    name: 'help',
    summary: 'List the commands.',
    example: '/help',
    permission: 'read',
    output: Help,
    run: async () =>
      operations().map((operation) => ({
        name: operation.name,
        usage: usageOf(operation),
        summary: operation.summary,
        example: operation.example,
        who: operation.permission,
        doors: [...operation.doors],
      })),
    render: (lines) => [
      only('markdown', ...renderHelp(lines.filter(({ doors }) => doors.includes('slash')))),
      only('terminal', ...renderHelp(lines.map((line) => ({ ...line, permission: line.who })))),
    ],
  });
}
