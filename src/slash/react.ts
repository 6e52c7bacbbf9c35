import type { OperationContext } from '../operations/operation.ts';
import type { GivenReaction } from '../proposal/bookkeeping.ts';
import { HOUR_MS } from '../time.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import type { RepositoryWriter } from '../usecases/ports.ts';
import { isRefusal, recordRefusal } from '../usecases/unless-refused.ts';

/** Anybody can comment on a public repository: more signs than these would be noise, and use up the hour's writes. */
const PER_ISSUE_AND_HOUR = 3;
const PER_REPOSITORY_AND_HOUR = 20;

/**
 * Lets whoever may not command know that the command was seen: with a reaction, which notifies nobody, and with no more
 * than a few of them an hour. Where GitHub refuses it, nothing is said, and it counts. Throws where it may succeed
 * later: GitHub keeps one reaction of a kind, however often it is given.
 */
export async function reactToStranger(
  comment: { readonly id: number; readonly issueNumber: number },
  { context, repositoryId }: Omit<OperationContext, 'actor'>,
  writer: RepositoryWriter | null,
): Promise<void> {
  if (writer === null) return;
  const now = context.clock.now();
  const { care } = await knownRepository(context, repositoryId);
  const recent = (care.reactions ?? []).filter(({ at }) => now - at < HOUR_MS);
  if (!isWelcome(recent, comment)) return;
  const given: GivenReaction = { commentId: comment.id, issueNumber: comment.issueNumber, at: now };
  try {
    await writer.react(comment.id, 'confused');
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await recordRefusal(context, repositoryId, 'answer', error);
  }
  await context.store.apply(repositoryId, { care: { ...care, reactions: [...recent, given] } });
}

function isWelcome(
  recent: readonly GivenReaction[],
  { id, issueNumber }: { readonly id: number; readonly issueNumber: number },
): boolean {
  const here = recent.filter((one) => one.issueNumber === issueNumber);
  return (
    recent.length < PER_REPOSITORY_AND_HOUR &&
    here.length < PER_ISSUE_AND_HOUR &&
    !recent.some(({ commentId }) => commentId === id)
  );
}
