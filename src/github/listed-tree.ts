import type { GitHubClient, RepositoryName } from './client.ts';

/** A link, or another repository: what lies below is not in the tree. */
const LEADS_ELSEWHERE = new Set(['120000', '160000']);

/**
 * Tells of files of one commit that they are not there, by its tree, which is one request for all of them. It never
 * says so where GitHub has cut the tree, or a link leads elsewhere on the way.
 */
export function createAbsenceByTree(
  client: GitHubClient,
  name: RepositoryName,
): (path: string, sha: string) => Promise<boolean> {
  return async (path, sha) => {
    const { data } = await client.rest.git.getTree({ ...name, tree_sha: sha, recursive: '1' });
    if (data.truncated) return false;
    const ways = path.split('/').map((_, at, parts) => parts.slice(0, at + 1).join('/'));
    const isElsewhere = data.tree.some(
      (entry) => LEADS_ELSEWHERE.has(entry.mode ?? '') && ways.includes(entry.path ?? ''),
    );
    return !isElsewhere && !data.tree.some((entry) => entry.path === path);
  };
}
