import type { ProposedMove } from '../../proposal/proposal.ts';
import { editRepository } from '../../workflow/edit-repository.ts';
import type { SourceFile } from '../ports.ts';

/**
 * The files that these moves change, with their new crons and every other byte as it was: workflows, and what they run
 * where it compares the schedule.
 */
export function editedFiles(
  files: readonly SourceFile[],
  moves: readonly Pick<ProposedMove, 'path' | 'index' | 'to'>[],
): readonly SourceFile[] {
  return editRepository(
    files,
    moves.map(({ path, index, to }) => ({ path, index, to })),
  );
}
