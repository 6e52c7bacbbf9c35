import type { OperationContext } from '../operations/operation.ts';
import type { GivenAnswer } from '../proposal/bookkeeping.ts';
import { instant } from '../render/quantity.ts';
import { configOrDefaults } from '../usecases/configured-mode.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import type { ConnectedRepository } from '../usecases/ports.ts';
import { unlessRefused } from '../usecases/unless-refused.ts';
import { answerComment, type CommandComment } from './answer.ts';
import { countComment, countForeign, mayRead, noteTold, PER_PERSON_AND_HOUR } from './hourly-limit.ts';
import { reactToStranger } from './react.ts';

/** How many answered comments are remembered. GitHub delivers a comment again within three days at most. */
const ANSWERS_KEPT = 50;

/** A comment, and where it is on GitHub. */
export interface PlacedComment extends CommandComment {
  readonly id: number;
  readonly issueNumber: number;
}

/**
 * Answers a comment with one comment, a reaction, or not at all. However often the same comment is delivered, its
 * commands run once and are answered once: each command that has run is remembered, and the answer names the comment
 * that it answers.
 */
export async function answerOnce(
  comment: PlacedComment,
  where: Omit<OperationContext, 'actor'>,
  connection: () => Promise<ConnectedRepository>,
): Promise<void> {
  const { context, repositoryId } = where;
  const before = (await knownRepository(context, repositoryId)).care.answers?.find(isOf(comment));
  if (before?.posted === true) return;
  let nextHourAt: number | null = null;
  const answer = await answerComment(
    comment,
    { ...where, issueNumber: comment.issueNumber },
    {
      permissionOf: async (login) => (await connection()).permissionOf(login),
      rules: async () => (await configOrDefaults((await connection()).reader)).commands,
    },
    {
      mayRead: (isBare) => mayRead(comment, isBare, where),
      async count() {
        const counted = await countComment(comment, where);
        ({ nextHourAt } = counted);
        return counted.isWithinLimit;
      },
      countForeign: () => countForeign(comment, where),
      done: before?.parts ?? [],
      keep: (parts) => remember(where, { commentId: comment.id, parts: [...parts], posted: false }),
    },
  );
  if (answer === null || context.emergencyStop) return;
  const mark = `<!-- offbeat:answer ${comment.id} -->`;
  const { writer, writesLeft } = await connection();
  if (answer.kind === 'stranger') {
    if (nextHourAt !== null) await noteTold(comment, where);
    if (writesLeft?.() !== 0) await reactToStranger(comment, where, writer);
    return;
  }
  const limit = nextHourAt === null ? [] : [limitSentence(answer.kind, nextHourAt)];
  const text = [...(answer.kind === 'said' ? [answer.text] : []), ...limit].join('\n\n');
  const posted = await unlessRefused(
    context,
    repositoryId,
    `answer #${comment.issueNumber}`,
    async () => writer?.comment(comment.issueNumber, `${text}\n\n${mark}`, mark),
    { asked: true },
  );
  // What has run stays remembered, so that a delivery that comes again only answers.
  if (posted.kind === 'refused') return;
  if (nextHourAt !== null) await noteTold(comment, where);
  await remember(where, { commentId: comment.id, parts: [], posted: true });
}

/** Ends the last answer of an hour, or stands in place of the first one beyond; what comes after it gets none. */
function limitSentence(kind: 'said' | 'beyond-limit', nextHourAt: number): string {
  const until = `${instant(nextHourAt)} on.`;
  return kind === 'said'
    ? `That was your ${PER_PERSON_AND_HOUR}th comment with commands within an hour. Further ones are read from ${until}`
    : `This comment was not read: it is beyond ${PER_PERSON_AND_HOUR} with commands within an hour. Further ones are ` +
        `read from ${until}`;
}

async function remember(
  { context, repositoryId }: Omit<OperationContext, 'actor'>,
  given: GivenAnswer,
): Promise<void> {
  // Loaded again, since a command may have changed the state.
  const { care } = await knownRepository(context, repositoryId);
  const others = (care.answers ?? []).filter(({ commentId }) => commentId !== given.commentId);
  await context.store.apply(repositoryId, {
    care: { ...care, answers: [...others, given].slice(-ANSWERS_KEPT) },
  });
}

function isOf(comment: PlacedComment): (given: GivenAnswer) => boolean {
  return ({ commentId }) => commentId === comment.id;
}
