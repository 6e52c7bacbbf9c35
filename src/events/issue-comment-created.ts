import { answerOnce } from '../slash/answer-once.ts';
import { meetRepository } from '../usecases/known-repository.ts';
import type { RepositoryHandler } from './handler.ts';

/** A comment was written: commands in it are carried out and answered. Edited comments are not read again. */
export const issueCommentCreated: RepositoryHandler<'issue_comment'> = async (
  context,
  seen,
  { comment, issue },
) => {
  if (comment.user === undefined || comment.user === null) return;
  const { login, type } = comment.user;
  const { profile } = await meetRepository(context, seen);
  await answerOnce(
    {
      id: comment.id,
      issueNumber: issue.number,
      body: comment.body,
      author: login,
      authorIsBot: type === 'Bot' || login.endsWith('[bot]'),
    },
    { context, repositoryId: seen.id },
    () => context.github.connect(profile),
  );
};
