import type { Decision, GateResult, ScheduleDecision } from '../plan/decision.ts';
import { gateSentence } from './gate-words.ts';
import { code, inline, markdownTable } from './markdown.ts';
import { cronWords, evidence, fileName } from './move-words.ts';
import { count, percent } from './quantity.ts';
import { renderTable } from './table.ts';

/** A decision and what became of it. */
export interface DecisionView {
  readonly decision: Decision;
  /** The pull request that carries it; `null` where a gate held it back. */
  readonly pullUrl: string | null;
}

/** Order of the rows: what changes first, what is left alone last. */
const OUTCOMES = ['move', 'held', 'keep', 'refused'] as const;

const OUTCOME_WORDS: Readonly<Record<ScheduleDecision['outcome'], string>> = {
  move: 'move',
  held: 'wait',
  keep: 'stay',
  refused: 'left alone',
};

function ordered(decision: Decision): readonly ScheduleDecision[] {
  return OUTCOMES.flatMap((outcome) => decision.schedules.filter((schedule) => schedule.outcome === outcome));
}

function changes(schedule: ScheduleDecision): boolean {
  return schedule.to !== schedule.cron;
}

function why(schedule: ScheduleDecision): string {
  const facts = evidence(schedule);
  return changes(schedule) && facts.length > 0 ? facts.join(', ') : (schedule.reasons[0] ?? '');
}

function summary({ decision, pullUrl }: DecisionView): string {
  const moves = decision.schedules.filter(({ outcome }) => outcome === 'move').length;
  const of = `${moves} of ${count(decision.schedules.length, 'schedule')}`;
  if (decision.schedules.length === 0) return 'No workflow here has an `on.schedule` entry.';
  if (moves === 0)
    return `No change: none of ${count(decision.schedules.length, 'schedule')} has a time that is better by enough.`;
  const gain = `gain ${percent(decision.benefit)}, confidence ${percent(decision.confidence)}`;
  return pullUrl === null ? `${of} would move (${gain}).` : `${of} move (${gain}): ${pullUrl}`;
}

function heldBack({ decision }: DecisionView): readonly GateResult[] {
  return decision.gates.filter(({ passed }) => !passed);
}

/** The decision as a comment. */
export function renderDecisionMarkdown(view: DecisionView): string {
  const rows = ordered(view.decision).map((schedule) => [
    code(fileName(schedule.path)),
    code(schedule.cron),
    changes(schedule) ? code(schedule.to) : OUTCOME_WORDS[schedule.outcome],
    inline(why(schedule)),
    changes(schedule) ? percent(schedule.confidence) : '',
  ]);
  const held = heldBack(view);
  return [
    summary(view),
    ...(held.length === 0
      ? []
      : [`Held back:\n\n${held.map((result) => `- ${gateSentence(result)}`).join('\n')}`]),
    ...(rows.length === 0
      ? []
      : [markdownTable(['Workflow', 'Today', 'Proposed', 'Why', 'Confidence'], rows, [4])]),
  ].join('\n\n');
}

/** The decision for a terminal: a table of what moves, and a list of why the rest stays. */
export function renderDecisionText(view: DecisionView): string {
  const moving = ordered(view.decision).filter(changes);
  const staying = ordered(view.decision).filter((schedule) => !changes(schedule));
  const table = renderTable(
    [{ head: 'Workflow' }, { head: 'Today' }, { head: 'Proposed' }, { head: 'Sure', align: 'right' }],
    moving.map((schedule) => [
      fileName(schedule.path),
      schedule.cron,
      schedule.outcome === 'held' ? `${schedule.to} (waits)` : schedule.to,
      percent(schedule.confidence),
    ]),
  );
  return [
    summary(view),
    ...heldBack(view).map(({ detail }) => `Held back: ${detail}`),
    ...(moving.length === 0 ? [] : ['', table, '', ...moving.flatMap(detailLines)]),
    ...(staying.length === 0
      ? []
      : [
          '',
          'Stays as it is',
          ...staying.map(
            (schedule) => `  ${fileName(schedule.path)}  ${schedule.cron}\n    ${why(schedule)}`,
          ),
        ]),
  ].join('\n');
}

function detailLines(schedule: ScheduleDecision): readonly string[] {
  const words = cronWords(schedule.to, schedule.timezone);
  const name = fileName(schedule.path);
  return [
    `  ${words === '' ? name : `${name}: ${words}`}`,
    ...evidence(schedule).map((fact) => `    ${fact}`),
    ...schedule.reasons.slice(0, 3).map((reason) => `    ${reason}`),
  ];
}
