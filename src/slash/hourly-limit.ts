import type { OperationContext } from '../operations/operation.ts';
import type { Commander, SettingsAndBookkeeping } from '../proposal/bookkeeping.ts';
import { HOUR_MS } from '../time.ts';
import { knownRepository } from '../usecases/known-repository.ts';

/**
 * Comments with commands that are read of one person in a repository and an hour: each costs requests to GitHub, and
 * one of somebody who may command costs a plan and an answer that notifies people. As many more may hold nothing but
 * bare commands that turn out to be left to other bots, since that costs a request too.
 */
export const PER_PERSON_AND_HOUR = 60;
/** People that are remembered; of more the longest known are forgotten. */
const PEOPLE_KEPT = 100;

interface CountedComment {
  readonly id: number;
  readonly author: string;
}
type Where = Omit<OperationContext, 'actor'>;

/**
 * Whether GitHub may be asked anything on a comment. Beyond the limit it may be asked once more, to tell the person so
 * where the last answer could not. `isBare` where none of its commands is addressed to Offbeat.
 */
export async function mayRead(comment: CountedComment, isBare: boolean, where: Where): Promise<boolean> {
  const own = await commanderOf(comment.author, where);
  const { comments, foreign = [], told = false } = own;
  if (comments.includes(comment.id)) return true;
  if (isBare && !foreign.includes(comment.id) && foreign.length >= PER_PERSON_AND_HOUR) return false;
  return comments.length < PER_PERSON_AND_HOUR || !told;
}

/**
 * Counts a comment with commands for Offbeat, once however often it is delivered. For the last comment of an hour and
 * those beyond, `nextHourAt` says when the next hour begins (epoch ms).
 */
export async function countComment(
  comment: CountedComment,
  where: Where,
): Promise<{ readonly isWithinLimit: boolean; readonly nextHourAt: number | null }> {
  const own = await commanderOf(comment.author, where);
  const nextHourAt = own.since + HOUR_MS;
  const isCounted = own.comments.includes(comment.id);
  if (!isCounted && own.comments.length >= PER_PERSON_AND_HOUR) {
    await noteTold(comment, where);
    return { isWithinLimit: false, nextHourAt };
  }
  const comments = isCounted ? own.comments : [...own.comments, comment.id];
  if (!isCounted) await keep({ ...own, comments }, where);
  const isLast = comments.length === PER_PERSON_AND_HOUR && comments.at(-1) === comment.id;
  return { isWithinLimit: true, nextHourAt: isLast ? nextHourAt : null };
}

/** Counts a comment whose commands are all left to other bots. */
export async function countForeign(comment: CountedComment, where: Where): Promise<void> {
  const own = await commanderOf(comment.author, where);
  const { foreign = [] } = own;
  if (!foreign.includes(comment.id)) await keep({ ...own, foreign: [...foreign, comment.id] }, where);
}

/** Remembers that a person was told of the limit, or has no right to be told. */
export async function noteTold(comment: CountedComment, where: Where): Promise<void> {
  const own = await commanderOf(comment.author, where);
  await keep({ ...own, told: true }, where);
}

/** What is known of a person within the hour. */
async function commanderOf(author: string, { context, repositoryId }: Where): Promise<Commander> {
  const now = context.clock.now();
  const { care } = await knownRepository(context, repositoryId);
  const login = author.toLowerCase();
  return recent(care, now).find((one) => one.login === login) ?? { login, since: now, comments: [] };
}

async function keep(own: Commander, { context, repositoryId }: Where): Promise<void> {
  const { care } = await knownRepository(context, repositoryId);
  const others = recent(care, context.clock.now()).filter(({ login }) => login !== own.login);
  await context.store.apply(repositoryId, {
    care: { ...care, commanders: [...others, own].slice(-PEOPLE_KEPT) },
  });
}

/** People who have written commands within the hour. */
function recent(
  { commanders = [] }: Pick<SettingsAndBookkeeping, 'commanders'>,
  now: number,
): readonly Commander[] {
  return commanders.filter(({ since }) => now - since < HOUR_MS);
}
