import { parseCron } from '../cron/parse.ts';
import type { ScheduleDecision } from '../plan/decision.ts';
import { type Document, list, numeric, table } from './document.ts';
import { DELAY_MEANS, distanceOf, farMove, gainCell, tellsDelay } from './gain.ts';
import { code, enumeration, type Inline, LINE_BREAK, sentence, strong, words } from './inline.ts';
import { cronCell, workflowCell, workflowName } from './move-words.ts';
import { count, percent } from './quantity.ts';

const SURE = '“Sure” is the chance that a move brings at least half of its gain.';

/** What is added where no run was seen at the new hour. */
const UNSEEN = 'hour hardly seen';
const UNSEEN_MEANS =
  '“Hour hardly seen”: hardly any run here has started at that hour; it is forecast from others.';

/** What is added where delays of one hour differ by more than so many minutes. */
const SAME_DELAY_MINUTES = 2;
const OWN_RUNS = 'Delays at one hour differ between workflows: each is learned from its own runs.';

const MAX_FAR = 3;

/** Moves with what each brings and how sure that is; below, what the figures mean and which moves are far. */
export function moveTable(
  moves: readonly ScheduleDecision[],
  { shown = Number.POSITIVE_INFINITY, to = 'To', cronsInWords = true } = {},
): Document {
  if (moves.length === 0) return [];
  const rows = moves
    .slice(0, shown)
    .map((move) => [
      workflowCell(move),
      cronsInWords ? cronCell(move.cron, move.timezone) : code(move.cron),
      cronsInWords ? cronCell(move.to, move.timezone) : code(move.to),
      gainCell(move),
      sureCell(move),
    ]);
  const left = moves.length - rows.length;
  return [
    table(['Workflow', 'From', to, 'What you gain', numeric('Sure')], rows),
    left <= 0 ? '' : `and ${count(left, 'more schedule')}, which the changed files show.`,
    meanings(moves.slice(0, shown)),
    ...farMoves(moves, shown),
    list(
      moves
        .slice(0, shown)
        .flatMap((move) =>
          (move.cautions ?? []).map((caution) => words`${workflowName(move)}: ${sentence(caution)}`),
        ),
    ),
  ];
}

/** How sure a move is. A chance that rests on no run at the new hour says so where it stands. */
function sureCell({ confidence, latenessBelief }: ScheduleDecision): Inline {
  const sure = percent(confidence);
  return latenessBelief === 0 ? words`${sure}${LINE_BREAK}${UNSEEN}` : sure;
}

/** What the words of the table mean, as far as it has them. */
function meanings(moves: readonly ScheduleDecision[]): string {
  return [
    SURE,
    ...(moves.some(({ latenessBelief }) => latenessBelief === 0) ? [UNSEEN_MEANS] : []),
    ...(moves.some(tellsDelay) ? [DELAY_MEANS] : []),
    ...(differAtOneHour(moves) ? [OWN_RUNS] : []),
  ].join(' ');
}

/** Whether two workflows have different delays at one hour, old or new, so that readers wonder which is right. */
function differAtOneHour(moves: readonly ScheduleDecision[]): boolean {
  const told = moves.flatMap(({ key, timezone, cron, to, today, proposed }) =>
    (
      [
        [cron, today],
        [to, proposed],
      ] as const
    ).map(([at, outlook]) => ({
      key,
      hours: `${timezone} ${parseCron(at).hours.join()}`,
      late: outlook?.latenessMedianMinutes ?? 0,
    })),
  );
  return told.some((one) =>
    told.some(
      (other) =>
        other.key !== one.key &&
        other.hours === one.hours &&
        Math.abs(other.late - one.late) >= SAME_DELAY_MINUTES,
    ),
  );
}

/**
 * A bold line for a move to another day or of more than three hours. Of the moves that the table shows, each to another
 * day is named; what is left is counted.
 */
function farMoves(moves: readonly ScheduleDecision[], shown: number): readonly Inline[] {
  const far = moves
    .map((move, at) => ({ move, at, distance: farMove(move), day: distanceOf(move.cron, move.to).day }))
    .filter(({ distance }) => distance !== '')
    .sort((one, other) => Number(other.day !== '') - Number(one.day !== ''));
  const left = Map.groupBy(far.slice(MAX_FAR), ({ day }) => day);
  return [
    ...far
      .slice(0, MAX_FAR)
      .map(({ move, distance }) => strong(words`${workflowName(move)} moves ${distance}.`)),
    ...[...left].map(([day, rest]) => {
      const named = day === '' ? [] : rest.filter(({ at }) => at < shown);
      const others = rest.length - named.length;
      const who = [
        ...named.map(({ move }) => workflowName(move)),
        ...(others > 0 ? [count(others, 'more schedule')] : []),
      ];
      const verb = rest.length === 1 ? 'moves' : 'move';
      return strong(words`${enumeration(who)} ${verb} ${day === '' ? 'that far' : day}.`);
    }),
  ];
}
