import { OffbeatError } from '../errors.ts';
import { missingFiles } from '../workflow/read-repository.ts';
import type { RepositoryReader, SourceFile } from './ports.ts';
import { reachingInTurns } from './read-in-turns.ts';

/** Most files read besides the workflows: each one is a request. */
const MOST_FILES = 40;

/** Actions that run actions: deeper than anybody nests them. */
const MOST_TURNS = 5;

/**
 * Workflow files of a commit, followed by the local actions and scripts that those with schedules run: they may read
 * the schedule. What is not there, or cannot be read, is left out.
 */
export async function withNamedFiles(
  reader: Pick<RepositoryReader, 'fileText'>,
  { sha, files }: { readonly sha: string; readonly files: readonly SourceFile[] },
): Promise<readonly SourceFile[]> {
  const known = [...files];
  const asked = new Set<string>();
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const paths = missingFiles(await reachingInTurns(known)).filter((path) => !asked.has(path));
    if (paths.length === 0) break;
    for (const path of paths.slice(0, MOST_FILES - asked.size)) {
      asked.add(path);
      const text = await textOrNull(reader, path, sha);
      if (text !== null) known.push({ path, text });
    }
    if (asked.size >= MOST_FILES) break;
  }
  return known;
}

async function textOrNull(
  reader: Pick<RepositoryReader, 'fileText'>,
  path: string,
  sha: string,
): Promise<string | null> {
  try {
    return await reader.fileText(path, sha);
  } catch (error) {
    if (error instanceof OffbeatError && error.code === 'github-refused') return null;
    throw error;
  }
}
