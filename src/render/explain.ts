import type { Decision, ScheduleDecision } from '../plan/decision.ts';
import {
  code,
  type Document,
  type Inline,
  list,
  name,
  only,
  paragraph,
  sentence,
  strong,
  table,
  together,
  unbroken,
  words,
} from './document.ts';
import { fileName } from './move-words.ts';
import { instant, percent } from './quantity.ts';

const OUTCOMES = ['move', 'held', 'keep', 'refused'] as const;

/** Why a decision came out as it did. */
export function renderExplanation(decision: Decision): Document {
  const schedules = OUTCOMES.flatMap((outcome) =>
    decision.schedules.filter((schedule) => schedule.outcome === outcome),
  );
  const gates = decision.gates.map(
    ({ gate, passed, detail, pulls }) =>
      [name(gate), passed ? 'passed' : 'held back', sentence(detail, pulls)] as const,
  );
  return unbroken(
    together(
      paragraph(words`Decision ${code(decision.id)} of ${instant(decision.at)}.`),
      ...(decision.notes ?? []).map((note) => paragraph(sentence(note))),
    ),
    ...schedules.map((schedule) =>
      list(
        linesOf(schedule).map((line) => sentence(line)),
        { title: titleOf(schedule) },
      ),
    ),
    only('markdown', table(['Gate', 'Answer', 'Why'], gates)),
    only(
      'terminal',
      ...decision.gates
        .filter(({ passed }) => !passed)
        .map(({ detail }) => paragraph(words`Held back: ${sentence(detail)}`)),
    ),
  );
}

function titleOf({ path, cron, to }: ScheduleDecision): Inline {
  const file = code(fileName(path));
  const change = to === cron ? '' : words`: ${code(cron)} → ${code(to)}`;
  return words`${strong(file)}${change}`;
}

function linesOf({ explanation, outcome, reasons, ...schedule }: ScheduleDecision): readonly string[] {
  if (explanation === undefined) return reasons;
  const { confidence, benefit, runsSeen } = schedule;
  return [
    ...(outcome === 'held' ? reasons.slice(0, 1) : []),
    ...explanation.reasons.map(
      ({ share, sentence: text }) => `${text} That is ${percent(share)} of its cost.`,
    ),
    explanation.counterfactual,
    ...explanation.wouldChange,
    `Confidence ${percent(confidence)}, gain ${percent(benefit)}, ${runsSeen} runs seen.`,
  ];
}
