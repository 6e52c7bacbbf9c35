import type { OffbeatError } from '../errors.ts';
import { missingFiles } from '../workflow/read-repository.ts';
import type { Context } from './context.ts';
import type { RepositoryReader, SourceFile, WorkflowSources } from './ports.ts';
import { reachingInTurns } from './read-in-turns.ts';
import { notingRefusals, unlessHidden } from './unless-refused.ts';

/** Most files read besides the workflows: each one is a request. */
const MOST_FILES = 40;

/** Actions that run actions: deeper than anybody nests them. */
const MOST_TURNS = 5;

/**
 * Workflow files of a commit, and the local actions and scripts that those with schedules run. What is absent or
 * refused is left out; `onRefused` is told of refusals.
 */
export async function withNamedFiles(
  reader: Pick<RepositoryReader, 'fileText'>,
  { sha, files }: WorkflowSources,
  onRefused: (refusal: OffbeatError) => void = () => undefined,
): Promise<readonly SourceFile[]> {
  const known = [...files];
  const asked = new Set<string>();
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const paths = missingFiles(await reachingInTurns(known, mayHaveSchedule)).filter(
      (path) => !asked.has(path),
    );
    if (paths.length === 0) break;
    for (const path of paths.slice(0, MOST_FILES - asked.size)) {
      asked.add(path);
      const text = await unlessHidden(onRefused, () => reader.fileText(path, sha));
      if (text !== null) known.push({ path, text });
    }
    if (asked.size >= MOST_FILES) break;
  }
  return known;
}

/** The same of a repository that is known: what GitHub refuses to show is kept with it. */
export function withFilesRun(
  context: Context,
  repositoryId: number,
  reader: Pick<RepositoryReader, 'fileText'>,
  commit: WorkflowSources,
): Promise<readonly SourceFile[]> {
  return notingRefusals(context, repositoryId, 'files that workflows run', (onRefused) =>
    withNamedFiles(reader, commit, onRefused),
  );
}

/** Whether a workflow file may have a schedule, by its text alone; an escape may spell the word too. */
function mayHaveSchedule(text: string): boolean {
  return /schedule|\\/.test(text);
}
