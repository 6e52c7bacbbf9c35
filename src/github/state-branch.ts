import { createHash, randomUUID } from 'node:crypto';
import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { OffbeatError } from '../errors.ts';
import { type RepositoryName, statusOf } from './client.ts';

/** Mode of an ordinary file in a git tree. */
const FILE_MODE = '100644';
/** In place of a commit that is not there (docs: GraphQL `RefUpdate`). */
const NO_COMMIT = '0'.repeat(40);

export interface StateBranchOptions {
  readonly client: Pick<Octokit, 'rest' | 'graphql'>;
  readonly name: RepositoryName;
  /** GitHub's global id of the repository. */
  readonly nodeId: string;
  readonly branch: string;
  /** Where all of its files lie. A branch that holds anything else is somebody else's, and is left alone. */
  readonly folder: string;
}

/** What a branch held when it was read. */
export interface BranchSnapshot {
  /** `null` where there is no such branch. */
  readonly head: string | null;
  /** The hash of each file's content, by path. */
  readonly blobs: ReadonlyMap<string, string>;
}

/** What becomes of the files of a branch. */
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
  /**
   * Puts a new commit in the place of the one that was read, and gives what the branch then holds; `null` where somebody
   * else was quicker.
   */
  replace(snapshot: BranchSnapshot, change: BranchChange): Promise<BranchSnapshot | null>;
}

/** Throws `github-refused` with GitHub's own sentence where it takes no commit. */
export function createStateBranch({ client, name, nodeId, branch, folder }: StateBranchOptions): StateBranch {
  // Two that write the same within a second would make one commit of it, and each take it for its own.
  const message = `Keep what Offbeat has learned\n\n${randomUUID()}`;
  const headOf = async (): Promise<string | null> => {
    try {
      return (await client.rest.git.getRef({ ...name, ref: `heads/${branch}` })).data.object.sha;
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
  };
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
      const now = await headOf();
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

  const textsOf = async (files: readonly BranchFile[]): Promise<readonly [string, string][]> => {
    const answer = Texts.parse(await client.graphql(queryOf(files), { ...name }));
    const texts = files.map(async ({ path, sha }, at): Promise<[string, string]> => {
      const found = answer.repository[`f${at}`];
      if (typeof found?.text === 'string' && !found.isTruncated) return [path, found.text];
      const { data } = await client.rest.git.getBlob({ ...name, file_sha: sha });
      return [path, Buffer.from(data.content, 'base64').toString('utf8')];
    });
    return Promise.all(texts);
  };

  return {
    async snapshot() {
      const head = await headOf();
      if (head === null) return { head, blobs: new Map() };
      const { data } = await client.rest.git.getTree({ ...name, tree_sha: head, recursive: '1' });
      const files = data.tree.filter(({ type }) => type !== 'tree');
      const foreign = files.find(({ path, type }) => type !== 'blob' || !path.startsWith(`${folder}/`));
      if (foreign !== undefined || data.truncated) throw notOurs(branch, foreign?.path);
      return { head, blobs: new Map(files.map(({ path, sha }) => [path, sha])) };
    },
    async texts({ blobs }, paths) {
      const read = [...paths].flatMap((path) => {
        const sha = blobs.get(path);
        return sha === undefined ? [] : [{ path, sha }];
      });
      const texts: [string, string][] = [];
      for (let from = 0; from < read.length; from += TEXTS_A_QUERY) {
        texts.push(...(await textsOf(read.slice(from, from + TEXTS_A_QUERY))));
      }
      return new Map(texts);
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

interface BranchFile {
  readonly path: string;
  readonly sha: string;
}

/** Files whose texts are asked for at once. */
const TEXTS_A_QUERY = 100;

/** The branch is replaced as a whole, so that what somebody else keeps there would be lost with its history. */
function notOurs(branch: string, path: string | undefined): OffbeatError {
  const what =
    path === undefined ? 'more files than GitHub lists' : `${JSON.stringify(path)}, which is not its own`;
  return new OffbeatError('usage-invalid', `Offbeat keeps its state on no branch that holds ${what}.`, {
    where: `branch ${branch}`,
    fix: 'Name another branch as `state-branch`, or delete this one where nobody needs it.',
  });
}

/** One request for some files; GitHub cuts the longest, which are read one by one. */
function queryOf(files: readonly BranchFile[]): string {
  const objects = files.map(
    ({ sha }, at) => `f${at}: object(oid: "${sha}") { ... on Blob { text isTruncated } }`,
  );
  return `query ($owner: String!, $repo: String!) { repository(owner: $owner, name: $repo) { ${objects.join(' ')} } }`;
}

const Texts = z.object({
  repository: z.record(
    z.string(),
    z.object({ text: z.string().nullish(), isTruncated: z.boolean().nullish() }).nullish(),
  ),
});

/** What Octokit throws for an answer with errors. */
const Refusal = z.object({ errors: z.array(z.object({ message: z.string() })).min(1) });

const UPDATE_REFS = 'mutation ($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }';

/** The hash that git gives to a file of this text. */
export function blobSha(text: string): string {
  const bytes = Buffer.from(text);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
