import type { Decision, ScheduleDecision } from '../plan/decision.ts';
import { byOutcome } from './decision.ts';
import { type Document, indented, only, table, together } from './document.ts';
import { code, gateSentence, type Inline, name, sentence, strong, words } from './inline.ts';
import { fileName } from './move-words.ts';
import { instant, percent } from './quantity.ts';

/** Why a decision came out as it did. */
export function renderExplanation(decision: Decision): Document {
  const gates = decision.gates.map((result) => [
    name(result.gate),
    result.passed ? 'passed' : 'held back',
    gateSentence(result),
  ]);
  const held = decision.gates.filter(({ passed }) => !passed);
  return [
    together(
      words`Decision ${code(decision.id)} of ${instant(decision.at)}.`,
      ...(decision.notes ?? []).map(sentence),
    ),
    ...byOutcome(decision.schedules).map((schedule) =>
      indented(linesOf(schedule).map(sentence), titleOf(schedule)),
    ),
    only('markdown', table(['Gate', 'Answer', 'Why'], gates)),
    only('terminal', ...held.map((result) => words`Held back: ${gateSentence(result)}`)),
  ];
}

function titleOf({ path, cron, to }: ScheduleDecision): Inline {
  const file = code(fileName(path));
  const change = to === cron ? '' : words`: ${code(cron)} → ${code(to)}`;
  return words`${strong(file)}${change}`;
}

function linesOf({
  explanation,
  outcome,
  reasons,
  cautions = [],
  ...schedule
}: ScheduleDecision): readonly string[] {
  if (explanation === undefined) return reasons;
  const { confidence, benefit, runsSeen } = schedule;
  return [
    ...(outcome === 'held' ? reasons.slice(0, 1) : []),
    ...explanation.reasons.map(
      ({ share, sentence: text }) => `${text} That is ${percent(share)} of its cost.`,
    ),
    ...cautions,
    explanation.counterfactual,
    ...explanation.wouldChange,
    `Confidence ${percent(confidence)}, gain ${percent(benefit)}, ${runsSeen} runs seen.`,
  ];
}
