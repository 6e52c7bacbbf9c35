import { followPush } from '../usecases/maintenance/follow-push.ts';
import type { RepositoryHandler } from './handler.ts';

/** The default branch has moved: workflow files or the config may have changed. Other branches schedule nothing. */
export const push: RepositoryHandler<'push'> = async (
  context,
  seen,
  { deleted, ref, before, after, commits },
) => {
  if (deleted || ref !== `refs/heads/${seen.defaultBranch}`) return;
  const paths = commits.flatMap(({ added, modified, removed }) => [...added, ...modified, ...removed]);
  await followPush(context, seen, { headSha: after, before, paths });
};
