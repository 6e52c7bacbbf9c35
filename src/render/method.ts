import type { Decision, ObjectiveTerms, ScheduleDecision } from '../plan/decision.ts';
import { type Block, type Document, details, numeric, table } from './document.ts';
import { code, type Inline, joined, words } from './inline.ts';
import { fileName } from './move-words.ts';
import { instant, percent } from './quantity.ts';

const TERMS: readonly (readonly [keyof ObjectiveTerms, Inline])[] = [
  ['overlap', 'runs beside each other'],
  ['lateness', 'expected lateness'],
  ['failure', 'risk of failure'],
  ['finishBy', words`${code('finish-by')} missed`],
  ['shift', 'distance of the moves'],
  ['edit', 'cost of editing'],
  ['cost', 'what runs cost'],
  ['crowding', 'jobs beyond the runners'],
];

/** Alternatives that are listed for a move, the best first. */
const MAX_ALTERNATIVES = 4;

function alternatives(moves: readonly ScheduleDecision[]): Document {
  const rows = moves
    .filter((move) => move.alternatives.length > 0)
    .map((move) => [
      code(fileName(move.path)),
      code(move.to),
      joined(
        move.alternatives
          .slice(0, MAX_ALTERNATIVES)
          .map(({ cron, score }) => words`${code(cron)} (${score.toFixed(3)})`),
        ', ',
      ),
    ]);
  if (rows.length === 0) return [];
  return [
    'What else was looked at, with its cost (lower is better):',
    table(['Workflow', 'Chosen', 'Others'], rows),
  ];
}

/** How the decision was made, folded: the terms before and after, what was drawn, what else was looked at. */
export function methodSection(decision: Decision, moves: readonly ScheduleDecision[]): Block {
  const terms = TERMS.map(([term, description]) => ({
    description,
    before: decision.terms.before[term] ?? 0,
    after: decision.terms.after[term] ?? 0,
  }));
  const chosen =
    decision.propensity < 1
      ? ` It was drawn with a probability of ${percent(decision.propensity)}, so that other times are tried now and then.`
      : '';
  const how = words`with the strategy ${code(decision.strategy)}, seed ${code(String(decision.seed))}`;
  return details(
    'How this was decided',
    'Every candidate keeps what a schedule means: as many ticks a day, week and month, on the same weekdays or dates of its own timezone, within the window it may move in. Forecasts of lateness, duration and success are learned from this repository’s own runs, with what other schedules have seen as a weak prior. The plan takes the times that cost least over the coming week.',
    table(
      ['Cost (1 = today)', numeric('Today'), numeric('Proposed')],
      terms
        .filter(({ before, after }) => before !== 0 || after !== 0)
        .map(({ description, before, after }) => [description, before.toFixed(3), after.toFixed(3)]),
    ),
    ...alternatives(moves),
    words`Decided ${instant(decision.at)} ${how}.${chosen} Decision ${code(decision.id)}.`,
  );
}
