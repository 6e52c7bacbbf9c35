import type { ScheduleDecision } from '../plan/decision.ts';
import { type Document, list, numeric, table } from './document.ts';
import { farMove, gainCell } from './gain.ts';
import { type Inline, sentence, strong, words } from './inline.ts';
import { cronCell, workflowCell, workflowName } from './move-words.ts';
import { count, percent } from './quantity.ts';

/** What the column *Sure* means. */
const SURE = '“Sure” is the chance that a move brings at least half of its gain.';

/** Moves far enough to be pointed out; more of them are counted. */
const MAX_FAR = 3;

/** Moves with what each brings and how sure that is; below, what the figures mean and which moves are far. */
export function moveTable(
  moves: readonly ScheduleDecision[],
  { shown = Number.POSITIVE_INFINITY, to = 'To' } = {},
): Document {
  if (moves.length === 0) return [];
  const rows = moves
    .slice(0, shown)
    .map((move) => [
      workflowCell(move),
      cronCell(move.cron, move.timezone),
      cronCell(move.to, move.timezone),
      gainCell(move),
      percent(move.confidence),
    ]);
  const left = moves.length - rows.length;
  return [
    table(['Workflow', 'From', to, 'What you gain', numeric('Sure')], rows),
    left <= 0 ? '' : `and ${count(left, 'more schedule')}, which the changed files show.`,
    SURE,
    ...farMoves(moves),
    list(
      moves
        .slice(0, shown)
        .flatMap((move) =>
          (move.cautions ?? []).map((caution) => words`${workflowName(move)}: ${sentence(caution)}`),
        ),
    ),
  ];
}

/** A bold line for each move of more than three hours, or to another day. */
function farMoves(moves: readonly ScheduleDecision[]): readonly Inline[] {
  const far = moves
    .map((move) => ({ move, distance: farMove(move) }))
    .filter(({ distance }) => distance !== '');
  const left = far.length - MAX_FAR;
  return [
    ...far
      .slice(0, MAX_FAR)
      .map(({ move, distance }) => strong(words`${workflowName(move)} moves ${distance}.`)),
    ...(left > 0 ? [strong(`${count(left, 'more schedule')} move that far.`)] : []),
  ];
}
