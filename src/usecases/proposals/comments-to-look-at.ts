import { scheduleKey } from '../../history/run.ts';
import type { Decision } from '../../plan/decision.ts';
import { movesOf } from '../../proposal/moves.ts';
import type { CommentToLookAt } from '../../render/merge-notes.ts';
import { timeInComment } from '../../workflow/comment-times.ts';
import { readWorkflowFiles } from '../../workflow/read-repository.ts';
import type { SourceFile } from '../ports.ts';

/** Comments beside moved crons that name a time, which only people can correct. */
export function commentsToLookAt(
  files: readonly SourceFile[],
  decision: Decision,
): readonly CommentToLookAt[] {
  const moves = movesOf(decision);
  const moved = new Set(moves.map(({ key }) => key));
  const paths = new Set(moves.map(({ path }) => path));
  return readWorkflowFiles(files.filter(({ path }) => paths.has(path))).flatMap(({ schedules }) =>
    schedules.flatMap(({ path, index, line, comment }) => {
      const time = comment === undefined ? undefined : timeInComment(comment);
      return time === undefined || !moved.has(scheduleKey(path, index)) ? [] : [{ path, line, time }];
    }),
  );
}
