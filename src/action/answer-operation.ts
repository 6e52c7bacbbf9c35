import { OffbeatError } from '../errors.ts';
import type { AnyOperation } from '../operations/operation.ts';
import { inputFrom, splitFlags } from '../operations/read-input.ts';
import { OPERATIONS } from '../operations/table.ts';
import { toMarkdown } from '../render/to-markdown.ts';
import { splitWords } from '../slash/split-words.ts';
import { welcomeRepository } from '../usecases/maintenance/installation.ts';
import { connectStep, inSession, type Step } from './session.ts';

function operationOf(command: string): AnyOperation | undefined {
  const [name] = splitWords(command);
  return OPERATIONS.find((operation) => operation.name === name && operation.doors.includes('slash'));
}

/** Whether a comment may give this command, too. */
export function isOperation(command: string): boolean {
  return operationOf(command) !== undefined;
}

/**
 * Runs an operation on the kept state, and writes its answer into the job's summary. A run of a pull request may only
 * run operations that change nothing. Throws `command-invalid` and `usage-invalid`.
 */
export async function answerInAction(step: Step): Promise<void> {
  const { inputs, io, surroundings } = step;
  const operation = operationOf(inputs.command);
  if (operation === undefined) return;
  if (operation.mutates && surroundings.isOfPullRequest) {
    throw new OffbeatError('usage-invalid', 'A run of a pull request may ask, and change nothing.', {
      where: `command ${operation.name}`,
      fix: 'Run it by hand, on a schedule or on a push.',
    });
  }
  const connected = await connectStep(step);
  await inSession(connected, async ({ context, seen, isNew }) => {
    if (isNew) await welcomeRepository(context, seen);
    const syntax = { ...operation, typedAs: operation.name };
    const input = inputFrom(syntax, splitFlags(syntax, splitWords(inputs.command).slice(1)));
    const where = { context, repositoryId: seen.id, actor: surroundings.actor };
    const { data, document } = await operation.answer(input, where);
    await io.summarise(toMarkdown(document));
    io.output('answer', JSON.stringify(data));
  });
  io.output('calls', connected.github.calls());
}
