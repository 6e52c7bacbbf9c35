import type { ProposedMove } from '../../proposal/proposal.ts';
import { editWorkflowFile } from '../../workflow/edit.ts';
import type { SourceFile } from '../ports.ts';

/** The files that these moves change, with their new crons and every other byte as it was. */
export function editedFiles(
  files: readonly SourceFile[],
  moves: readonly Pick<ProposedMove, 'path' | 'index' | 'to'>[],
): readonly SourceFile[] {
  return files.flatMap(({ path, text }) => {
    const edits = moves.filter((move) => move.path === path).map(({ index, to }) => ({ index, to }));
    return edits.length === 0 ? [] : [{ path, text: editWorkflowFile(path, text, edits) }];
  });
}
