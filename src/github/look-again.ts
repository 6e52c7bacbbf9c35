import { OffbeatError } from '../errors.ts';
import type { Absences } from './absences.ts';
import { classifyAnswer } from './classify-answer.ts';
import { type GitHubClient, type RepositoryName, statusOf } from './client.ts';

/*
 * For some seconds after a push one endpoint may deny what another one names. So whatever seems absent is looked at
 * through a second endpoint before anything follows from it.
 */

/** GitHub answers so for a repository without commits (docs: "REST API endpoints for Git database"). */
const EMPTY_STATUS = 409;

/** Everything that Offbeat reads stands in this folder. */
const FOLDER = '.github/';

/** A repository as a client asks for it, and its objects that GitHub does not return yet. */
export interface GitHubRepository {
  readonly client: GitHubClient;
  readonly name: RepositoryName;
  readonly absences: Absences;
}

/** True where this failure may say no more than that GitHub is behind itself. */
export function maySeemAbsent(error: unknown): boolean {
  return classifyAnswer(error, Date.now(), 'just-named').kind === 'not-yet-there';
}

/**
 * Sha of a commit; of the default branch's newest where no `ref` is given. Where it seems absent, the default branch is
 * asked for. Throws `github-not-yet` where that names it, or still stands at `before`, the commit that this one has
 * replaced; `not-found` where GitHub knows the branch and not the commit; and GitHub's answer where the repository is
 * empty or gone.
 */
export async function commitSha(
  repository: GitHubRepository,
  ref?: string,
  before?: string,
): Promise<string> {
  const { client, name } = repository;
  try {
    return (await client.rest.repos.getCommit({ ...name, ref: ref ?? 'HEAD' })).data.sha;
  } catch (error) {
    if (!maySeemAbsent(error)) throw error;
    const head = await defaultBranchHead(repository, error);
    if (ref === undefined && head === null) throw error;
    if (head !== null && (ref === undefined || head === ref || head === before)) {
      throw notYet(repository, `commit ${ref ?? head}`, error);
    }
    throw new OffbeatError('not-found', 'GitHub knows no such commit.', {
      where: `${name.owner}/${name.repo}, commit ${ref}`,
      cause: error,
    });
  }
}

/**
 * Whether the files at a ref have a path, told from the git tree. False in a repository without commits. Throws
 * `github-not-yet` where the tree itself is missing, and GitHub's answer where the repository is gone. The path has to
 * be under `.github`.
 */
export async function treeHas(
  repository: GitHubRepository,
  ref: string,
  isWanted: (path: string) => boolean,
): Promise<boolean> {
  try {
    const paths = await pathsAt(repository, ref);
    return [...paths].some(isWanted);
  } catch (error) {
    if (!maySeemAbsent(error)) throw error;
    if ((await defaultBranchHead(repository, error)) === null) return false;
    throw notYet(repository, `tree ${ref}`, error);
  }
}

/** What a path holds, as GitHub's contents tell it. */
type Contents = Awaited<ReturnType<GitHubClient['rest']['repos']['getContent']>>['data'];

/** The file or folder at a path, of the default branch without `ref`; `null` where it seems absent or empty. */
export async function contentsAt(
  { client, name }: GitHubRepository,
  path: string,
  ref?: string,
): Promise<Contents | null> {
  try {
    const { data } = await client.rest.repos.getContent({
      ...name,
      path,
      ...(ref === undefined ? {} : { ref }),
    });
    return Array.isArray(data) && data.length === 0 ? null : data;
  } catch (error) {
    if (!maySeemAbsent(error)) throw error;
    return null;
  }
}

/**
 * The file or folder at a path, as `contentsAt` does. Under `.github` it is `null` only where the git tree does not
 * name it either. Throws `github-not-yet` where the tree names it.
 */
export async function confirmedContentsAt(
  repository: GitHubRepository,
  path: string,
  ref?: string,
): Promise<Contents | null> {
  const data = await contentsAt(repository, path, ref);
  if (data !== null || !path.startsWith(FOLDER)) return data;
  if (await treeHas(repository, ref ?? 'HEAD', (known) => known === path)) throw notYet(repository, path);
  return null;
}

/** The newest commit of a branch; `null` where there is no such branch. */
export async function branchHead(
  { client, name }: { readonly client: Pick<GitHubClient, 'rest'>; readonly name: RepositoryName },
  branch: string,
): Promise<string | null> {
  try {
    return (await client.rest.git.getRef({ ...name, ref: `heads/${branch}` })).data.object.sha;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/** The error for something of this repository that one endpoint names and another denies. */
export function notYet({ name, absences }: GitHubRepository, what: string, cause?: unknown): OffbeatError {
  return absences.notYet(`${name.owner}/${name.repo}, ${what}`, cause);
}

/** A tree too large to be listed whole is cut at its end; git sorts by name, and `.github` is at the start. */
async function pathsAt(
  { client, name, absences }: GitHubRepository,
  ref: string,
): Promise<ReadonlySet<string>> {
  const key = `${name.owner}/${name.repo}@${ref}`;
  const known = absences.trees.get(key);
  const condition = known?.etag === undefined ? {} : { headers: { 'if-none-match': known.etag } };
  try {
    const { data, headers } = await client.rest.git.getTree({
      ...name,
      tree_sha: ref,
      recursive: '1',
      ...condition,
    });
    const paths = new Set(data.tree.map(({ path }) => path).filter((path) => path.startsWith(FOLDER)));
    absences.trees.set(key, { etag: headers.etag, paths });
    return paths;
  } catch (error) {
    // Octokit throws on 304 as on a failure.
    if (known === undefined || statusOf(error) !== 304) throw error;
    return known.paths;
  }
}

/**
 * Head of the default branch, after `denied`, the answer by which something of the repository seemed absent; `null`
 * where the repository has no commit. GitHub says that by 409: where it has no more than 404 for the branch, too, it is
 * behind itself. Throws `github-not-yet` then, and what GitHub says where the repository is gone.
 */
async function defaultBranchHead(repository: GitHubRepository, denied: unknown): Promise<string | null> {
  const { client, name } = repository;
  const { data } = await client.rest.repos.get({ ...name });
  const branch = data.default_branch;
  try {
    return (await client.rest.repos.getBranch({ ...name, branch })).data.commit.sha;
  } catch (error) {
    if (!maySeemAbsent(error)) throw error;
    if (statusOf(denied) === EMPTY_STATUS || statusOf(error) === EMPTY_STATUS) return null;
    throw notYet(repository, `branch ${branch}`, error);
  }
}
