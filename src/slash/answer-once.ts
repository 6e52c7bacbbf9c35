import { parseConfig } from '../config/parse.ts';
import { OffbeatError } from '../errors.ts';
import type { OperationContext } from '../operations/operation.ts';
import type { GivenAnswer } from '../proposal/care.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import type { ConnectedRepository } from '../usecases/ports.ts';
import { answerComment, type CommandComment } from './answer.ts';

/** Comments remembered as answered: deliveries come again within three days, and threads are not that busy. */
const ANSWERS_KEPT = 50;

/** A comment with its place on GitHub. */
export interface PlacedComment extends CommandComment {
  readonly id: number;
  readonly issueNumber: number;
}

/**
 * Answers a comment with one comment of our own, or with nothing. However often the same comment comes, its commands are
 * done once and answered once: what was done is remembered command by command, and the answer carries the number of
 * what it answers.
 */
export async function answerOnce(
  comment: PlacedComment,
  where: Omit<OperationContext, 'actor'>,
  connection: () => Promise<ConnectedRepository>,
): Promise<void> {
  const { context, repositoryId } = where;
  const before = (await knownRepository(context, repositoryId)).care.answers?.find(isOf(comment));
  if (before?.posted === true) return;
  const answer = await answerComment(
    comment,
    { ...where, issueNumber: comment.issueNumber },
    {
      permissionOf: async (login) => (await connection()).permissionOf(login),
      rules: async () => (await configOrDefaults(connection)).commands,
    },
    {
      done: before?.parts ?? [],
      keep: (parts) => remember(where, { commentId: comment.id, parts: [...parts], posted: false }),
    },
  );
  if (answer === null || context.emergencyStop) return;
  const mark = `<!-- offbeat:answer ${comment.id} -->`;
  const { writer } = await connection();
  await writer?.comment(comment.issueNumber, `${answer}\n\n${mark}`, mark);
  await remember(where, { commentId: comment.id, parts: [], posted: true });
}

/** An invalid file is told by its own issue; a command that could mend the matter must not wait for it. */
async function configOrDefaults(connection: () => Promise<ConnectedRepository>) {
  try {
    return await (await connection()).reader.config();
  } catch (error) {
    if (error instanceof OffbeatError && error.code === 'config-invalid') return parseConfig('');
    throw error;
  }
}

async function remember(
  { context, repositoryId }: Omit<OperationContext, 'actor'>,
  given: GivenAnswer,
): Promise<void> {
  // Read anew: a command may have changed what is kept beside the answers.
  const { care } = await knownRepository(context, repositoryId);
  const others = (care.answers ?? []).filter(({ commentId }) => commentId !== given.commentId);
  await context.store.apply(repositoryId, {
    care: { ...care, answers: [...others, given].slice(-ANSWERS_KEPT) },
  });
}

function isOf(comment: PlacedComment): (given: GivenAnswer) => boolean {
  return ({ commentId }) => commentId === comment.id;
}
