import type { OperationContext } from '../operations/operation.ts';
import type { Commander } from '../proposal/bookkeeping.ts';
import { HOUR_MS } from '../time.ts';
import { knownRepository } from '../usecases/known-repository.ts';

/**
 * Comments with commands that are looked at of one person in a repository and an hour: each costs requests to GitHub,
 * and one of somebody who may command costs a plan and an answer that notifies people.
 */
export const PER_PERSON_AND_HOUR = 60;
/** People that are remembered; of more the longest known are forgotten. */
const PEOPLE_KEPT = 100;

/** Whether a comment is looked at, and where its person stands. */
export interface Hearing {
  readonly isHeard: boolean;
  /** When the next hour begins (epoch ms), where this comment is the last one of this hour; else `null`. */
  readonly heardAgainAt: number | null;
}

/** Counts a comment with commands, once however often it is delivered. Asks GitHub nothing. */
export async function hearCommand(
  comment: { readonly id: number; readonly author: string },
  { context, repositoryId }: Omit<OperationContext, 'actor'>,
): Promise<Hearing> {
  const now = context.clock.now();
  const { care } = await knownRepository(context, repositoryId);
  const login = comment.author.toLowerCase();
  const current = (care.commanders ?? []).filter(({ since }) => now - since < HOUR_MS);
  const before: Commander = current.find((one) => one.login === login) ?? { login, since: now, comments: [] };
  const isCounted = before.comments.includes(comment.id);
  if (!isCounted && before.comments.length >= PER_PERSON_AND_HOUR)
    return { isHeard: false, heardAgainAt: null };
  const comments = isCounted ? before.comments : [...before.comments, comment.id];
  if (!isCounted) {
    const others = current.filter((one) => one.login !== login);
    const commanders = [...others, { ...before, comments }].slice(-PEOPLE_KEPT);
    await context.store.apply(repositoryId, { care: { ...care, commanders } });
  }
  const isLast = comments.length === PER_PERSON_AND_HOUR && comments.at(-1) === comment.id;
  return { isHeard: true, heardAgainAt: isLast ? before.since + HOUR_MS : null };
}
