import { findOperation } from '../../src/operations/table.ts';
import { toMarkdown } from '../../src/render/to-markdown.ts';
import { toTerminal } from '../../src/render/to-terminal.ts';
import type { Context } from '../../src/usecases/context.ts';
import { SEEN } from '../usecases/fakes.ts';

/** What an operation answers in the repository that fakes have: as data, in a comment, and on a terminal. */
export async function askOperation(context: Context, name: string, input: unknown = {}) {
  const operation = findOperation(name);
  if (operation === undefined) throw new Error(`There is no ${name}.`);
  const { data, document } = await operation.answer(input, { context, repositoryId: SEEN.id, actor: 'mona' });
  return { data, markdown: toMarkdown(document), terminal: toTerminal(document) };
}
