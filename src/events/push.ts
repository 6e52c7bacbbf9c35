import { followPush } from '../usecases/maintenance/follow-push.ts';
import type { RepositoryHandler } from './handler.ts';

/** GitHub lists no more commits of a push than this (docs: "Webhook events and payloads", push). */
const MOST_LISTED = 2_048;

/** The default branch has moved: workflow files or the config may have changed. Other branches schedule nothing. */
export const push: RepositoryHandler<'push'> = async (
  context,
  seen,
  { deleted, forced, ref, before, after, commits },
) => {
  if (deleted || ref !== `refs/heads/${seen.defaultBranch}`) return;
  // A forced push also takes commits away, which nobody lists.
  const isWhole = forced !== true && commits.length > 0 && commits.length < MOST_LISTED;
  const paths = commits.flatMap(({ added, modified, removed }) => [...added, ...modified, ...removed]);
  await followPush(context, seen, { headSha: after, before, paths: isWhole ? paths : null });
};
