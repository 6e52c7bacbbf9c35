import type { JobSetting, Proposal } from '../../proposal/proposal.ts';
import { insertKey, type KeyInsertion, removeKey } from '../../workflow/insert-key.ts';
import type { SourceFile } from '../ports.ts';

/** The file with a key of a job, or without it where that is reverted; `null` where the edit is not certain. */
export function filesWithJobSetting(
  files: readonly SourceFile[],
  { jobKey, reverts }: { readonly jobKey: JobSetting } & Pick<Proposal, 'reverts'>,
): readonly SourceFile[] | null {
  const file = files.find(({ path }) => path === jobKey.path);
  if (file === undefined) return null;
  const edit = reverts === undefined ? insertKey : removeKey;
  const text = edit(file.path, file.text, insertionOf(jobKey));
  return text === null ? null : [{ path: file.path, text }];
}

/** Where a key of a job stands in its file. */
export function insertionOf({ job, key, value }: JobSetting): KeyInsertion {
  return { into: key === 'max-parallel' ? ['jobs', job, 'strategy'] : ['jobs', job], key, value };
}
