import { OffbeatError } from '../../errors.ts';
import type { ScheduleDecision } from '../../plan/decision.ts';
import { editWorkflowFile } from '../../workflow/edit.ts';
import { editSharedFiles } from '../../workflow/edit-repository.ts';
import type { SourceFile } from '../ports.ts';

type Move = Pick<ScheduleDecision, 'key' | 'path' | 'index' | 'outcome' | 'to'>;

/** A move whose cron the editor would not write. */
export interface UnwritableMove {
  readonly key: string;
  readonly to: string;
  readonly error: OffbeatError;
}

/** Moves that cannot be written, so that all others can; of two that clash, the later one of the file. */
export function unwritableMoves(
  sources: readonly SourceFile[],
  schedules: readonly Move[],
): readonly UnwritableMove[] {
  const byPath = Map.groupBy(
    schedules.filter(({ outcome }) => outcome === 'move'),
    ({ path }) => path,
  );
  const alone = sources.flatMap((file) => {
    const moves = byPath.get(file.path) ?? [];
    const why = (tried: readonly Move[]) => whyUnwritable(file, tried);
    return moves.length === 0 || why(moves) === null ? [] : unwritableOf(moves, why);
  });
  if (alone.length > 0) return alone;
  const all = [...byPath.values()].flat();
  const why = (tried: readonly Move[]) => whyNotTogether(sources, tried);
  return all.length === 0 || why(all) === null ? [] : unwritableOf(all, why);
}

/** The moves that cannot be written beside those before them. */
function unwritableOf(
  moves: readonly Move[],
  why: (tried: readonly Move[]) => OffbeatError | null,
): readonly UnwritableMove[] {
  const writable: Move[] = [];
  const unwritable: UnwritableMove[] = [];
  for (const move of moves) {
    const error = why([...writable, move]);
    if (error === null) writable.push(move);
    else unwritable.push({ key: move.key, to: move.to, error });
  }
  return unwritable;
}

function whyUnwritable(file: SourceFile, moves: readonly Move[]): OffbeatError | null {
  return errorOf(() => editWorkflowFile(file.path, file.text, moves));
}

/** Why the files that several workflows run cannot change with these moves. */
function whyNotTogether(sources: readonly SourceFile[], moves: readonly Move[]): OffbeatError | null {
  return errorOf(() => editSharedFiles(sources, moves, new Map()));
}

function errorOf(edit: () => unknown): OffbeatError | null {
  try {
    edit();
    return null;
  } catch (error) {
    if (error instanceof OffbeatError) return error;
    throw error;
  }
}
