import { randomUUID } from 'node:crypto';
import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { OffbeatError } from '../errors.ts';
import { blobSha, blobTexts } from './blobs.ts';
import type { RepositoryName } from './client.ts';
import { branchHead } from './look-again.ts';

/** Mode of an ordinary file in a git tree. */
const FILE_MODE = '100644';
/** The id that stands for no commit (docs: GraphQL `RefUpdate`). */
const NO_COMMIT = '0'.repeat(40);

export interface StateBranchOptions {
  readonly client: Pick<Octokit, 'rest' | 'graphql'>;
  readonly name: RepositoryName;
  /** GitHub's global id of the repository. */
  readonly nodeId: string;
  readonly branch: string;
  /** The folder of all its files. A branch with other files belongs to somebody else, and is left alone. */
  readonly folder: string;
}

/** The contents of a branch when it was read. */
export interface BranchSnapshot {
  /** `null` where there is no such branch. */
  readonly head: string | null;
  /** The hash of each file's content, by path. */
  readonly blobs: ReadonlyMap<string, string>;
}

export interface BranchChange {
  /** Text by path. */
  readonly written: ReadonlyMap<string, string>;
  readonly removed: ReadonlySet<string>;
}

/** A branch that holds files for programs: one commit without a past, so that it stays as small as its files. */
export interface StateBranch {
  /** Throws `usage-invalid` where the branch holds files of somebody else. */
  snapshot(): Promise<BranchSnapshot>;
  /** Texts of some files, by path; a path that the snapshot lacks is left out. */
  texts(snapshot: BranchSnapshot, paths: Iterable<string>): Promise<ReadonlyMap<string, string>>;
  /** Replaces the commit that was read; gives the branch's new contents, or `null` where another process changed it. */
  replace(snapshot: BranchSnapshot, change: BranchChange): Promise<BranchSnapshot | null>;
}

/** Throws `github-refused` with GitHub's own sentence where it takes no commit. */
export function createStateBranch({ client, name, nodeId, branch, folder }: StateBranchOptions): StateBranch {
  // Two that write the same within a second would make one commit of it, and each take it for its own.
  const message = `Keep what Offbeat has learned\n\n${randomUUID()}`;
  /** Compares and sets in one step. REST can do so only for a commit on top of the old one. */
  const pointBranch = async (before: string | null, after: string): Promise<boolean> => {
    const update = {
      name: `refs/heads/${branch}`,
      beforeOid: before ?? NO_COMMIT,
      afterOid: after,
      force: true,
    };
    try {
      await client.graphql(UPDATE_REFS, { input: { repositoryId: nodeId, refUpdates: [update] } });
      return true;
    } catch (error) {
      // A request that failed on the way may have been carried out.
      const now = await branchHead({ client, name }, branch);
      if (now === after) return true;
      if (now !== before) return false;
      const refused = Refusal.safeParse(error);
      if (!refused.success) throw error;
      throw new OffbeatError('github-refused', refused.data.errors.map(({ message }) => message).join(' '), {
        where: `branch ${branch}`,
        fix: 'Give the token `contents: write`, and let no rule protect this branch.',
        cause: error,
      });
    }
  };

  const textOf = async (sha: string): Promise<string> => {
    const { data } = await client.rest.git.getBlob({ ...name, file_sha: sha });
    return Buffer.from(data.content, 'base64').toString('utf8');
  };

  return {
    async snapshot() {
      const head = await branchHead({ client, name }, branch);
      if (head === null) return { head, blobs: new Map() };
      const { data } = await client.rest.git.getTree({ ...name, tree_sha: head, recursive: '1' });
      const files = data.tree.filter(({ type }) => type !== 'tree');
      const foreign = files.find(({ path, type }) => type !== 'blob' || !path.startsWith(`${folder}/`));
      if (foreign !== undefined || data.truncated) throw notOurs(branch, foreign?.path);
      return { head, blobs: new Map(files.map(({ path, sha }) => [path, sha])) };
    },
    async texts({ blobs }, paths) {
      const texts = new Map<string, string>();
      const read = [...paths].flatMap((path) => {
        const sha = blobs.get(path);
        return sha === undefined ? [] : [{ path, sha }];
      });
      const found = await blobTexts(
        client,
        name,
        read.map(({ sha }) => sha),
      );
      for (const { path, sha } of read) texts.set(path, found.get(sha) ?? (await textOf(sha)));
      return texts;
    },
    async replace({ head, blobs }, { written, removed }) {
      const kept = [...blobs].filter(([path]) => !written.has(path) && !removed.has(path));
      const file = { mode: FILE_MODE, type: 'blob' } as const;
      const tree = await client.rest.git.createTree({
        ...name,
        tree: [
          ...kept.map(([path, sha]) => ({ path, ...file, sha })),
          ...[...written].map(([path, content]) => ({ path, ...file, content })),
        ],
      });
      const commit = await client.rest.git.createCommit({
        ...name,
        message,
        tree: tree.data.sha,
        parents: [],
      });
      if (!(await pointBranch(head, commit.data.sha))) return null;
      const texts = [...written].map(([path, text]) => [path, blobSha(text)] as const);
      return { head: commit.data.sha, blobs: new Map([...kept, ...texts]) };
    },
  };
}

/** The branch is replaced as a whole, so that what somebody else keeps there would be lost with its history. */
function notOurs(branch: string, path: string | undefined): OffbeatError {
  const what =
    path === undefined ? 'more files than GitHub lists' : `${JSON.stringify(path)}, which is not its own`;
  return new OffbeatError('usage-invalid', `Offbeat keeps its state on no branch that holds ${what}.`, {
    where: `branch ${branch}`,
    fix: 'Name another branch as `state-branch`, or delete this one where nobody needs it.',
  });
}

/** The error that Octokit throws for an answer with errors. */
const Refusal = z.object({ errors: z.array(z.object({ message: z.string() })).min(1) });

const UPDATE_REFS = 'mutation ($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }';
