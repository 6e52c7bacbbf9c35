import type { Decision, ObjectiveTerms, ScheduleDecision } from '../plan/decision.ts';
import { code, details, markdownTable } from './markdown.ts';
import { fileName } from './move-words.ts';
import { instant, percent } from './quantity.ts';

const TERMS: readonly (readonly [keyof ObjectiveTerms, string])[] = [
  ['overlap', 'runs beside each other'],
  ['lateness', 'expected lateness'],
  ['failure', 'risk of failure'],
  ['finishBy', '`finish-by` missed'],
  ['shift', 'distance of the moves'],
  ['edit', 'cost of editing'],
  ['cost', 'what runs cost'],
  ['crowding', 'jobs beyond the runners'],
];

/** Times next best to the chosen one; further ones decide nothing. */
const MAX_ALTERNATIVES = 4;

function alternatives(moves: readonly ScheduleDecision[]): string {
  const rows = moves
    .filter((move) => move.alternatives.length > 0)
    .map((move) => [
      code(fileName(move.path)),
      code(move.to),
      move.alternatives
        .slice(0, MAX_ALTERNATIVES)
        .map(({ cron, score }) => `${code(cron)} (${score.toFixed(3)})`)
        .join(', '),
    ]);
  return rows.length === 0
    ? ''
    : `What else was looked at, with its cost (lower is better):\n\n${markdownTable(['Workflow', 'Chosen', 'Others'], rows)}`;
}

/** How the decision was made, folded: the terms before and after, what was drawn, what else was looked at. */
export function methodSection(decision: Decision, moves: readonly ScheduleDecision[]): string {
  const terms = markdownTable(
    ['Cost (1 = today)', 'Today', 'Proposed'],
    TERMS.map(([term, words]) => ({
      words,
      before: decision.terms.before[term] ?? 0,
      after: decision.terms.after[term] ?? 0,
    }))
      .filter(({ before, after }) => before !== 0 || after !== 0)
      .map(({ words, before, after }) => [words, before.toFixed(3), after.toFixed(3)]),
    [1, 2],
  );
  const chosen =
    decision.propensity < 1
      ? ` It was drawn with a probability of ${percent(decision.propensity)}, so that other times are tried now and then.`
      : '';
  return details(
    'How this was decided',
    [
      'Every candidate keeps what a schedule means: as many ticks a day, week and month, on the same weekdays or dates of its own timezone, within the window it may move in. Forecasts of lateness, duration and success are learned from this repository’s own runs, with what other schedules have seen as a weak prior. The plan takes the times that cost least over the coming week.',
      terms,
      alternatives(moves),
      `Decided ${instant(decision.at)} with the strategy ${code(decision.strategy)}, seed ${code(String(decision.seed))}.${chosen} Decision ${code(decision.id)}.`,
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  );
}
