import { OffbeatError } from '../../errors.ts';
import type { ScheduleDecision } from '../../plan/decision.ts';
import { type CronEdit, editWorkflowFile } from '../../workflow/edit.ts';
import type { SourceFile } from '../ports.ts';

type Move = Pick<ScheduleDecision, 'key' | 'path' | 'index' | 'outcome' | 'to'>;

/** A move whose cron the editor would not write. */
export interface UnwritableMove {
  readonly key: string;
  readonly to: string;
  readonly error: OffbeatError;
}

/**
 * The moves that cannot be written: without them, all the others can. Where two moves cannot be written together, the
 * later one of the file is named.
 */
export function unwritableMoves(
  sources: readonly SourceFile[],
  schedules: readonly Move[],
): readonly UnwritableMove[] {
  const byPath = Map.groupBy(
    schedules.filter(({ outcome }) => outcome === 'move'),
    ({ path }) => path,
  );
  return sources.flatMap((file) => {
    const moves = byPath.get(file.path) ?? [];
    return moves.length === 0 || whyUnwritable(file, moves) === null ? [] : unwritableOf(file, moves);
  });
}

function unwritableOf(file: SourceFile, moves: readonly Move[]): readonly UnwritableMove[] {
  const writable: Move[] = [];
  const unwritable: UnwritableMove[] = [];
  for (const move of moves) {
    const error = whyUnwritable(file, [...writable, move]);
    if (error === null) writable.push(move);
    else unwritable.push({ key: move.key, to: move.to, error });
  }
  return unwritable;
}

function whyUnwritable(file: SourceFile, moves: readonly Move[]): OffbeatError | null {
  const edits: CronEdit[] = moves.map(({ index, to }) => ({ index, to }));
  try {
    editWorkflowFile(file.path, file.text, edits);
    return null;
  } catch (error) {
    if (error instanceof OffbeatError) return error;
    throw error;
  }
}
