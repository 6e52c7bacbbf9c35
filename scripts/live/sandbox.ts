import { OffbeatError } from '../../src/errors.ts';
import { statusOf } from '../../src/github/client.ts';
import type { SourceFile } from '../../src/usecases/ports.ts';
import { fileName, type Place, unlessAbsent } from './place.ts';
import { MARK, OWN_PATHS } from './workflows.ts';

/** Where the proposal of a live run goes. */
export const PROPOSAL_BRANCH = 'offbeat-live/proposal';

const FILE_MODE = '100644';
/** A commit of somebody else may come between reading the branch and moving it. */
const MOST_TRIES = 3;

/** Puts files on the default branch as one commit, or takes them away (`null`); returns its hash. */
export async function commitToDefault(
  place: Place,
  message: string,
  files: readonly { readonly path: string; readonly text: string | null }[],
): Promise<string> {
  const { client, name, seen } = place;
  const ref = `heads/${seen.defaultBranch}`;
  for (let tries = 1; ; tries += 1) {
    const head = (await client.rest.git.getRef({ ...name, ref })).data.object.sha;
    const base = await client.rest.git.getCommit({ ...name, commit_sha: head });
    const tree = await client.rest.git.createTree({
      ...name,
      base_tree: base.data.tree.sha,
      tree: files.map(({ path, text }) => ({
        path,
        mode: FILE_MODE,
        type: 'blob' as const,
        ...(text === null ? { sha: null } : { content: text }),
      })),
    });
    const commit = await client.rest.git.createCommit({
      ...name,
      message,
      tree: tree.data.sha,
      parents: [head],
    });
    try {
      await client.rest.git.updateRef({ ...name, ref, sha: commit.data.sha });
      return commit.data.sha;
    } catch (error) {
      if (statusOf(error) !== 422 || tries === MOST_TRIES || !/fast.?forward/i.test(String(error)))
        throw error;
    }
  }
}

/** Those of our paths that stand on the default branch. Throws `usage-invalid` where one was not made by us. */
async function ownFiles(place: Place): Promise<readonly SourceFile[]> {
  const { files } = await place.connected.reader.workflowSources();
  const ours = files.filter(({ path }) => OWN_PATHS.includes(path));
  const foreign = ours.find(({ text }) => !text.startsWith(MARK));
  if (foreign !== undefined) {
    throw new OffbeatError('usage-invalid', 'A file of this name exists and was not made by this program.', {
      where: foreign.path,
      fix: 'Use a repository that holds nothing of value.',
    });
  }
  return ours;
}

/**
 * Takes away everything that a live run makes, whatever is left of it: unfinished runs, the pull request, branches,
 * files. Goes on after a failure; returns a sentence for each thing that is still there.
 */
export async function cleanUp(place: Place, branches: readonly string[]): Promise<readonly string[]> {
  const { client, name } = place;
  const left: string[] = [];
  const attempt = async (what: string, act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      left.push(`${what}: ${error instanceof OffbeatError ? error.sentence : firstLine(error)}`);
    }
  };
  for (const path of OWN_PATHS) await attempt(`runs of ${path}`, () => cancelRuns(place, path));
  for (const branch of branches) {
    await attempt(`pull request from ${branch}`, async () => {
      const number = await place.connected.reader.pullOfBranch(branch);
      if (number !== null) await client.rest.pulls.update({ ...name, pull_number: number, state: 'closed' });
    });
    await attempt(`branch ${branch}`, async () => {
      const found = await unlessAbsent(() => client.rest.git.getRef({ ...name, ref: `heads/${branch}` }));
      if (found !== null) await client.rest.git.deleteRef({ ...name, ref: `heads/${branch}` });
    });
  }
  await attempt('workflow files', async () => {
    const files = await ownFiles(place);
    if (files.length === 0) return;
    await commitToDefault(
      place,
      'Remove the workflows of a live run',
      files.map(({ path }) => ({ path, text: null })),
    );
  });
  return left;
}

async function cancelRuns({ client, name }: Place, path: string): Promise<void> {
  const listed = await unlessAbsent(() =>
    client.rest.actions.listWorkflowRuns({ ...name, workflow_id: fileName(path), per_page: 30 }),
  );
  for (const { id, status } of listed?.data.workflow_runs ?? []) {
    if (status === 'completed') continue;
    try {
      await client.rest.actions.cancelWorkflowRun({ ...name, run_id: id });
    } catch (error) {
      // It has ended meanwhile.
      if (statusOf(error) !== 409) throw error;
    }
  }
}

/** Whether a branch is there. */
export async function hasBranch({ client, name }: Place, branch: string): Promise<boolean> {
  return (await unlessAbsent(() => client.rest.git.getRef({ ...name, ref: `heads/${branch}` }))) !== null;
}

function firstLine(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line;
}
