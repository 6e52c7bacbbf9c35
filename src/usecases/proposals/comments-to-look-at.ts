import type { Decision } from '../../plan/decision.ts';
import { movesOf } from '../../proposal/moves.ts';
import type { CommentToLookAt, CommentWithReason } from '../../render/merge-notes.ts';
import { type CronEdit, editsComparison, reasonsInComments, staleComments } from '../../workflow/edit.ts';
import type { SourceFile } from '../ports.ts';

/** Comments of moved crons that name a time which could not be rewritten: only people can correct them. */
export function commentsToLookAt(
  files: readonly SourceFile[],
  decision: Decision,
): readonly CommentToLookAt[] {
  return eachEdited(files, decision, staleComments);
}

/** Comments of moved crons with a reason for the old time: only people know if it still holds. */
export function reasonsToLookAt(
  files: readonly SourceFile[],
  decision: Decision,
): readonly CommentWithReason[] {
  return eachEdited(files, decision, reasonsInComments);
}

/** Whether texts that the schedule is compared with change along, here or in `edited` files that moved ones run. */
export function changesComparisons(
  files: readonly SourceFile[],
  edited: readonly SourceFile[],
  decision: Decision,
): boolean {
  const moved = new Set(movesOf(decision).map(({ path }) => path));
  return (
    edited.some(({ path }) => !moved.has(path)) ||
    eachEdited(files, decision, (...edit) => (editsComparison(...edit) ? [{}] : [])).length > 0
  );
}

function eachEdited<T extends object>(
  files: readonly SourceFile[],
  decision: Decision,
  find: (path: string, text: string, edits: readonly CronEdit[]) => readonly T[],
): readonly (T & { readonly path: string })[] {
  const byPath = Map.groupBy(movesOf(decision), ({ path }) => path);
  return files.flatMap(({ path, text }) => {
    const edits = byPath.get(path);
    return edits === undefined ? [] : find(path, text, edits).map((found) => ({ path, ...found }));
  });
}
