import type { Decision, ScheduleDecision } from '../plan/decision.ts';
import { type Block, type Document, details, list, table } from './document.ts';
import { costSaved } from './gain.ts';
import { code, gateSentence, type Inline, sentence, words } from './inline.ts';
import { moveTable } from './move-table.ts';
import { cronCell, fileName, workflowCell } from './move-words.ts';
import { count } from './quantity.ts';

/** A decision and what became of it. */
export interface DecisionView {
  readonly decision: Decision;
  /** The pull request that carries it; `null` where a gate held it back. */
  readonly pullUrl: string | null;
}

/** Order of the rows: what changes first, what is left alone last. */
const OUTCOMES = ['move', 'held', 'keep', 'refused'] as const;

export function byOutcome(schedules: readonly ScheduleDecision[]): readonly ScheduleDecision[] {
  return OUTCOMES.flatMap((outcome) => schedules.filter((schedule) => schedule.outcome === outcome));
}

/** A decision: what moves and what each move brings, then why the others stay. */
export function renderDecision(view: DecisionView): Document {
  const { gates, schedules, notes = [] } = view.decision;
  const held = gates.filter(({ passed }) => !passed);
  const of = (outcome: ScheduleDecision['outcome']): readonly ScheduleDecision[] =>
    schedules.filter((schedule) => schedule.outcome === outcome);
  return [
    summary(view),
    list(held.map((result) => words`Held back: ${gateSentence(result)}`)),
    ...(view.decision.byConvention === true ? conventionTable(of('move')) : moveTable(of('move'))),
    ...notes.map(sentence),
    staying('Held back for now', of('held')),
    staying('Stay as they are', of('keep')),
    staying('Left alone', of('refused')),
  ];
}

function summary({ decision, pullUrl }: DecisionView): Inline {
  const all = count(decision.schedules.length, 'schedule');
  const moves = decision.schedules.filter(({ outcome }) => outcome === 'move').length;
  if (decision.schedules.length === 0) return 'No workflow here has an `on.schedule` entry.';
  if (moves === 0) {
    // The notes say why nothing changes.
    return (decision.notes ?? []).length > 0
      ? ''
      : `No change: none of ${all} has a time that is better by enough.`;
  }
  if (decision.byConvention === true) {
    return `${moves} of ${all} could stand at a minute that is free by convention.`;
  }
  const saved = `together the schedules here would lose ${costSaved(decision.benefit)}`;
  return pullUrl === null
    ? `${moves} of ${all} would move; ${saved}.`
    : `${moves} of ${all} move: ${pullUrl} (${saved}).`;
}

/** Moves that promise nothing: from where to where, and why. */
function conventionTable(moves: readonly ScheduleDecision[]): Document {
  if (moves.length === 0) return [];
  return [
    table(
      ['Workflow', 'From', 'To', 'Why'],
      moves.map((move) => [
        workflowCell(move),
        cronCell(move.cron, move.timezone),
        cronCell(move.to, move.timezone),
        sentence(move.reasons[0] ?? ''),
      ]),
    ),
  ];
}

/** Schedules that stay, each with the first reason. */
function staying(title: string, schedules: readonly ScheduleDecision[]): Block {
  const items = schedules.map(({ path, cron, to, reasons }) => {
    const better = to === cron ? '' : words` (${code(to)} would be better)`;
    return words`${code(fileName(path))} ${code(cron)}${better}: ${sentence(reasons[0] ?? '')}`;
  });
  return details(title, list(items));
}
