import type { Decision } from '../../plan/decision.ts';
import { movesOf } from '../../proposal/moves.ts';
import type { CommentToLookAt } from '../../render/merge-notes.ts';
import { staleComments } from '../../workflow/edit.ts';
import type { SourceFile } from '../ports.ts';

/** Comments of moved crons that name a time which could not be rewritten: only people can correct them. */
export function commentsToLookAt(
  files: readonly SourceFile[],
  decision: Decision,
): readonly CommentToLookAt[] {
  const byPath = Map.groupBy(movesOf(decision), ({ path }) => path);
  return files.flatMap(({ path, text }) => {
    const moves = byPath.get(path) ?? [];
    const edits = moves.map(({ index, to }) => ({ index, to }));
    return edits.length === 0 ? [] : staleComments(path, text, edits).map((stale) => ({ path, ...stale }));
  });
}
