import type { OffbeatError } from '../../errors.ts';
import type { CronCopies } from '../../render/merge-notes.ts';
import { filesForCopies, findCronCopies } from '../../workflow/cron-copies.ts';
import type { RepositoryReader, SourceFile, WorkflowSources } from '../ports.ts';
import { unlessHidden } from '../unless-refused.ts';

/** Most files read for copies: each one is a request, unless its content is known. */
const MOST_FILES = 40;

/**
 * Other places at which the crons stand, which people have to change along. Looks into the likeliest files only, and
 * says whether there were more. `known` files are not read again; `onRefused` is told of what GitHub hides.
 */
export async function copiesOfCrons(
  reader: Pick<RepositoryReader, 'listFiles' | 'blobText'>,
  { sha, files: known }: WorkflowSources,
  crons: readonly string[],
  onRefused: (refusal: OffbeatError) => void,
): Promise<CronCopies> {
  const { listFiles, blobText } = reader;
  if (listFiles === undefined || blobText === undefined) return { copies: [], isCut: false };
  const listed = await unlessHidden(onRefused, () => listFiles(sha));
  if (listed === null) return { copies: [], isCut: true };
  const likely = filesForCopies(listed.files);
  const texts: SourceFile[] = [];
  let isCut = !listed.isWhole || likely.length > MOST_FILES;
  for (const file of likely.slice(0, MOST_FILES)) {
    const text =
      known.find(({ path }) => path === file.path)?.text ??
      (await unlessHidden(onRefused, () => blobText(file.sha)));
    if (text === null) isCut = true;
    else texts.push({ path: file.path, text });
  }
  return { copies: texts.flatMap((file) => findCronCopies(file, crons)), isCut };
}
