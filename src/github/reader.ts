import type { Proposal } from '../proposal/proposal.ts';
import type {
  IssueStatus,
  PullStatus,
  RepositoryReader,
  SourceFile,
  WorkflowSources,
} from '../usecases/ports.ts';
import { isWorkflowPath } from '../workflow/paths.ts';
import { type Absences, createAbsences } from './absences.ts';
import { BlobCache } from './blobs.ts';
import { type GitHubClient, PER_PAGE, type RepositoryName, statusOf } from './client.ts';
import { listJobs } from './list-jobs.ts';
import { hasScheduledRun, type ListBounds, listRuns } from './list-runs.ts';
import { listWorkflows } from './list-workflows.ts';
import {
  commitSha,
  confirmedContentsAt,
  contentsAt,
  type GitHubRepository,
  maySeemAbsent,
  notYet,
  treeHas,
} from './look-again.ts';
import { type Neighbour, readConfig } from './read-config.ts';
import { reviewedEnvironments, subjectClaims } from './read-dispatch-facts.ts';
import { sayingReadRefusals } from './saying-refusals.ts';

const WORKFLOW_DIRECTORY = '.github/workflows';

/** Enough to tell a habit from a single commit. */
const TITLES_TO_READ = 30;

/** Mode of a symbolic link in a git tree: its blob is a path. */
const SYMBOLIC_LINK = '120000';

/** GitHub compares no more files (docs: "Compare two commits"). */
const MOST_COMPARED_FILES = 300;

export interface ReaderOptions {
  readonly blobs?: BlobCache;
  readonly absences?: Absences;
  /** Texts of blobs by their hash, with few requests; of those that it leaves out each is read by itself. */
  readonly textsOf?: (hashes: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** How far lists of runs go. */
  readonly bounds?: ListBounds;
  /** A client for another repository of the same account, which this one may not see. */
  readonly neighbour?: Neighbour;
}

/**
 * Reads one repository through the REST API. Blobs are remembered by their hash, so that reading an unchanged
 * directory again costs one request. What seems absent is looked at again before it counts as absent.
 */
export function createReader(
  client: GitHubClient,
  name: RepositoryName,
  { blobs = new BlobCache(), absences = createAbsences(), textsOf, bounds, neighbour }: ReaderOptions = {},
): RepositoryReader {
  const repository = { client, name, absences };
  return sayingReadRefusals({
    async workflowSources(ref, before) {
      const sha = await commitSha(repository, ref, before);
      return { sha, files: await workflowFiles(repository, sha, { blobs, textsOf }) };
    },
    config: () => readConfig(repository, neighbour),
    async describe() {
      const { data } = await client.rest.repos.get({ ...name });
      return {
        defaultBranch: data.default_branch,
        archived: data.archived,
        fork: data.fork,
        private: data.private,
      };
    },
    runs: (span, onProgress) => listRuns(client, name, span, onProgress, bounds),
    hasScheduledRun: (path, since) => hasScheduledRun(client, name, path, since),
    jobs: (run) => listJobs(client, name, run),
    workflows: () => listWorkflows(client, name),
    async activity() {
      const { data } = await client.rest.repos.get({ ...name });
      const pushedAt = Date.parse(data.pushed_at ?? '');
      return Number.isNaN(pushedAt) ? null : { pushedAt, page: `${data.html_url}/actions` };
    },
    reviewedEnvironments: () => reviewedEnvironments(client, name),
    subjectClaims: () => subjectClaims(client, name),
    fileText: (path, ref) => fileText(repository, path, ref),
    async listFiles(sha) {
      const { data } = await unlessLate(repository, `tree ${sha}`, () =>
        client.rest.git.getTree({ ...name, tree_sha: sha, recursive: '1' }),
      );
      const files = data.tree
        .filter(({ type, mode }) => type === 'blob' && mode !== SYMBOLIC_LINK)
        .map(({ path, sha: blob, size }) => ({ path, sha: blob, bytes: size ?? 0 }));
      return { files, isWhole: !data.truncated };
    },
    blobText: (sha) => blobText(repository, sha, blobs),
    pull: (proposal) => pullStatus(repository, proposal),
    async thumbs(pullNumber) {
      // GitHub tells reactions with the issue that every pull request is, too.
      const { data } = await client.rest.issues.get({ ...name, issue_number: pullNumber });
      const { reactions } = data;
      return reactions === undefined ? null : { up: reactions['+1'], down: reactions['-1'] };
    },
    issue: (number) => issueStatus(repository, number),
    async pullOfBranch(branch) {
      const { data } = await client.rest.pulls.list({
        ...name,
        state: 'open',
        head: `${name.owner}:${branch}`,
      });
      return data.find((pull) => pull.head.ref === branch)?.number ?? null;
    },
    async pullTouches(pullNumber, paths) {
      const pages = client.paginate.iterator(client.rest.pulls.listFiles, {
        ...name,
        pull_number: pullNumber,
        per_page: PER_PAGE,
      });
      for await (const { data } of pages) {
        if (data.some(({ filename }) => paths.includes(filename))) return true;
      }
      return false;
    },
    async commit(sha) {
      const { data } = await client.rest.repos.getCommit({ ...name, ref: sha });
      return {
        author: data.author?.login ?? null,
        isByBot: data.author?.type === 'Bot',
        parents: data.parents.map((parent) => parent.sha),
        paths: (data.files ?? []).map(({ filename }) => filename),
      };
    },
    async changedPaths(before, after) {
      // From where their histories part each direction shows the changes of one side.
      const ahead = await pathsBetween(repository, before, after);
      const behind = ahead === null ? null : await pathsBetween(repository, after, before);
      return ahead === null || behind === null ? null : [...new Set([...ahead, ...behind])];
    },
    branchHas: (branch, sha) => branchHas(repository, branch, sha),
    async recentCommitTitles() {
      const { data } = await client.rest.repos.listCommits({ ...name, per_page: TITLES_TO_READ });
      return data.map(({ commit }) => commit.message.split('\n', 1)[0] ?? '');
    },
  });
}

async function fileText(
  repository: GitHubRepository,
  path: string,
  ref: string | undefined,
): Promise<string | null> {
  const data = await confirmedContentsAt(repository, path, ref);
  if (data === null || Array.isArray(data) || data.type !== 'file' || !('content' in data)) return null;
  // GitHub leaves out the content of files over 1 MB.
  if (data.encoding === 'none') return null;
  return Buffer.from(data.content, 'base64').toString('utf8');
}

/** Files changed between the place where two commits part and the second; `null` where not told whole. */
async function pathsBetween(
  { client, name }: GitHubRepository,
  base: string,
  head: string,
): Promise<readonly string[] | null> {
  try {
    const basehead = `${base}...${head}`;
    const { data } = await client.rest.repos.compareCommitsWithBasehead({ ...name, basehead });
    const { files = [] } = data;
    if (files.length >= MOST_COMPARED_FILES) return null;
    return files.flatMap(({ filename, previous_filename: previous }) =>
      previous === undefined ? [filename] : [filename, previous],
    );
  } catch (error) {
    // The commit that was replaced may be gone; the new one is asked for again by whoever reads it.
    if (maySeemAbsent(error)) return null;
    throw error;
  }
}

/**
 * Whether a commit is an ancestor of a branch: then GitHub says that the branch is ahead of it. The commit was just
 * named, so that a 404 says no more than that GitHub is behind itself, unless it says that the two have no common
 * ancestor.
 */
async function branchHas(repository: GitHubRepository, branch: string, sha: string): Promise<boolean> {
  const { client, name } = repository;
  try {
    const basehead = `${sha}...${branch}`;
    const { data } = await client.rest.repos.compareCommitsWithBasehead({ ...name, basehead });
    return data.status === 'ahead' || data.status === 'identical';
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    if (error instanceof Error && /no common ancestor/i.test(error.message)) return false;
    throw notYet(repository, `commit ${sha} or branch ${branch}`, error);
  }
}

/** Where the pull request seems absent, those from its branch are listed. */
async function pullStatus(
  repository: GitHubRepository,
  { pullNumber, branch }: Pick<Proposal, 'pullNumber' | 'branch'>,
): Promise<PullStatus | null> {
  const { client, name } = repository;
  try {
    const { data } = await client.rest.pulls.get({ ...name, pull_number: pullNumber });
    return {
      open: data.state === 'open',
      merged: data.merged,
      mergedBy: data.merged_by?.login ?? null,
      closedAt: data.closed_at === null ? null : Date.parse(data.closed_at),
      headSha: data.head.sha,
      baseBranch: data.base.ref,
      body: data.body ?? '',
      conflicts: data.mergeable === false,
    };
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    const head = `${name.owner}:${branch}`;
    const { data } = await client.rest.pulls.list({ ...name, state: 'all', head, per_page: PER_PAGE });
    const isListed = data.some(({ number }) => number === pullNumber);
    if (isListed) throw notYet(repository, `pull request ${pullNumber}`, error);
    return null;
  }
}

async function workflowFiles(
  repository: GitHubRepository,
  sha: string,
  { blobs, textsOf }: { readonly blobs: BlobCache; readonly textsOf: ReaderOptions['textsOf'] | undefined },
): Promise<WorkflowSources['files']> {
  const entries = await directory(repository, sha);
  const wanted = entries.filter((entry) => entry.type === 'file' && isWorkflowPath(entry.path));
  const files: SourceFile[] = [];
  if (textsOf !== undefined) {
    const hashes = wanted.map((entry) => entry.sha);
    await blobs.fill(hashes, textsOf);
  }
  for (const entry of wanted) {
    files.push({ path: entry.path, text: await blobText(repository, entry.sha, blobs) });
  }
  return files;
}

function blobText(repository: GitHubRepository, sha: string, blobs: BlobCache): Promise<string> {
  const { client, name } = repository;
  return blobs.get(sha, () =>
    unlessLate(repository, `blob ${sha}`, async () => {
      const { data } = await client.rest.git.getBlob({ ...name, file_sha: sha });
      return Buffer.from(data.content, 'base64').toString('utf8');
    }),
  );
}

/** Reads by its hash what GitHub has just named. Throws `github-not-yet` where it denies that. */
async function unlessLate<T>(repository: GitHubRepository, what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw maySeemAbsent(error) ? notYet(repository, what, error) : error;
  }
}

/** The listing names symbolic links as `symlink`: they are left out by the caller's filter on `file`. */
async function directory(repository: GitHubRepository, sha: string) {
  const data = await contentsAt(repository, WORKFLOW_DIRECTORY, sha);
  if (data !== null) return Array.isArray(data) ? data : [];
  if (await treeHas(repository, sha, isWorkflowPath)) throw notYet(repository, `workflow files at ${sha}`);
  return [];
}

async function issueStatus({ client, name }: GitHubRepository, number: number): Promise<IssueStatus | null> {
  try {
    const { data } = await client.rest.issues.get({ ...name, issue_number: number });
    return {
      open: data.state === 'open',
      url: data.html_url,
      closedAt: data.closed_at === null ? null : Date.parse(data.closed_at),
      closedBy: data.closed_by?.login ?? null,
    };
  } catch (error) {
    // GitHub answers 410 for an issue that was deleted.
    if (statusOf(error) === 404 || statusOf(error) === 410) return null;
    throw error;
  }
}
