import type { Decision, ScheduleDecision } from '../plan/decision.ts';
import {
  asWritten,
  type Block,
  type Document,
  indented,
  list,
  numeric,
  only,
  table,
  together,
  unbroken,
} from './document.ts';
import { code, gateSentence, name, sentence, words } from './inline.ts';
import { cronWords, evidence, fileName } from './move-words.ts';
import { count, percent } from './quantity.ts';

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

/** Schedules in that order. */
export function byOutcome(schedules: readonly ScheduleDecision[]): readonly ScheduleDecision[] {
  return OUTCOMES.flatMap((outcome) => schedules.filter((schedule) => schedule.outcome === outcome));
}

/** Reasons listed for each schedule that moves. */
const REASONS_SHOWN = 3;

/** A decision: one table in Markdown; in a terminal a table of what moves, then why the rest stays. */
export function renderDecision(view: DecisionView): Document {
  const { gates, schedules } = view.decision;
  const held = gates.filter(({ passed }) => !passed);
  const ordered = byOutcome(schedules);
  return unbroken(
    only(
      'markdown',
      summary(view),
      ...(held.length === 0 ? [] : ['Held back:']),
      list(held.map(gateSentence)),
      everySchedule(ordered),
    ),
    only(
      'terminal',
      together(summary(view), ...held.map((result) => words`Held back: ${gateSentence(result)}`)),
      ...moving(ordered.filter(changes)),
      ...staying(ordered.filter((schedule) => !changes(schedule))),
    ),
  );
}

function summary({ decision, pullUrl }: DecisionView): string {
  const all = count(decision.schedules.length, 'schedule');
  const moves = decision.schedules.filter(({ outcome }) => outcome === 'move').length;
  if (decision.schedules.length === 0) return 'No workflow here has an `on.schedule` entry.';
  if (moves === 0) return `No change: none of ${all} has a time that is better by enough.`;
  const gain = `gain ${percent(decision.benefit)}, confidence ${percent(decision.confidence)}`;
  return pullUrl === null
    ? `${moves} of ${all} would move (${gain}).`
    : `${moves} of ${all} move (${gain}): ${pullUrl}`;
}

function changes(schedule: ScheduleDecision): boolean {
  return schedule.to !== schedule.cron;
}

function why(schedule: ScheduleDecision): string {
  const facts = evidence(schedule);
  return changes(schedule) && facts.length > 0 ? facts.join(', ') : (schedule.reasons[0] ?? '');
}

function everySchedule(schedules: readonly ScheduleDecision[]): Block {
  return table(
    ['Workflow', 'Today', 'Proposed', 'Why', numeric('Confidence')],
    schedules.map((schedule) => [
      code(fileName(schedule.path)),
      code(schedule.cron),
      changes(schedule) ? code(schedule.to) : OUTCOME_WORDS[schedule.outcome],
      name(why(schedule)),
      changes(schedule) ? percent(schedule.confidence) : '',
    ]),
  );
}

function moving(schedules: readonly ScheduleDecision[]): Document {
  return [
    table(
      [asWritten('Workflow'), asWritten('Today'), asWritten('Proposed'), numeric('Sure', 'Sure')],
      schedules.map(({ path, cron, to, outcome, confidence }) => [
        code(fileName(path)),
        code(cron),
        words`${code(to)}${outcome === 'held' ? ' (waits)' : ''}`,
        percent(confidence),
      ]),
    ),
    indented(
      schedules.map((schedule) => {
        const description = cronWords(schedule.to, schedule.timezone);
        const file = name(fileName(schedule.path));
        return {
          content: description === '' ? file : words`${file}: ${description}`,
          items: [...evidence(schedule), ...schedule.reasons.slice(0, REASONS_SHOWN).map(sentence)],
        };
      }),
    ),
  ];
}

function staying(schedules: readonly ScheduleDecision[]): Document {
  if (schedules.length === 0) return [];
  const items = schedules.map((schedule) => ({
    // A cron that cannot be read is shown with the spaces that it has.
    content: words`${name(fileName(schedule.path))}  ${schedule.cron.replace(/\p{Cc}/gu, '')}`,
    items: [sentence(why(schedule))],
  }));
  return [indented(items, 'Stays as it is')];
}
