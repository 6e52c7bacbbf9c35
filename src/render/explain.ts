import type { Decision, ScheduleDecision } from '../plan/decision.ts';
import { gateSentence } from './gate-words.ts';
import { code, inline, markdownTable, sentence } from './markdown.ts';
import { fileName } from './move-words.ts';
import { instant, percent } from './quantity.ts';

const OUTCOMES = ['move', 'held', 'keep', 'refused'] as const;

interface Told {
  readonly head: string;
  readonly lines: readonly string[];
}

function told(schedule: ScheduleDecision): Told {
  const name = fileName(schedule.path);
  const head = schedule.to === schedule.cron ? name : `${name}: ${schedule.cron} → ${schedule.to}`;
  const { explanation, reasons } = schedule;
  if (explanation === undefined) return { head, lines: reasons };
  return {
    head,
    lines: [
      ...(schedule.outcome === 'held' ? reasons.slice(0, 1) : []),
      ...explanation.reasons.map(
        ({ share, sentence: text }) => `${text} That is ${percent(share)} of its cost.`,
      ),
      explanation.counterfactual,
      ...explanation.wouldChange,
      `Confidence ${percent(schedule.confidence)}, gain ${percent(schedule.benefit)}, ${schedule.runsSeen} runs seen.`,
    ],
  };
}

function ordered({ schedules }: Decision): readonly ScheduleDecision[] {
  return OUTCOMES.flatMap((outcome) => schedules.filter((schedule) => schedule.outcome === outcome));
}

/** Why a decision came out as it did, as a comment. */
export function renderExplanationMarkdown(decision: Decision): string {
  const parts = ordered(decision).map((schedule) => {
    const { lines } = told(schedule);
    const name = code(fileName(schedule.path));
    const change = schedule.to === schedule.cron ? '' : `: ${code(schedule.cron)} → ${code(schedule.to)}`;
    return [`**${name}**${change}`, ...lines.map((line) => `- ${sentence(line)}`)].join('\n');
  });
  const gates = decision.gates.map((result) => [
    inline(result.gate),
    result.passed ? 'passed' : 'held back',
    gateSentence(result),
  ]);
  return [
    `Decision ${code(decision.id)} of ${instant(decision.at)}.`,
    ...(decision.notes ?? []).map(sentence),
    ...parts,
    gates.length === 0 ? '' : markdownTable(['Gate', 'Answer', 'Why'], gates),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** The same for a terminal. */
export function renderExplanationText(decision: Decision): string {
  return [
    `Decision ${decision.id} of ${instant(decision.at)}.`,
    ...(decision.notes ?? []),
    ...ordered(decision).flatMap((schedule) => {
      const { head, lines } = told(schedule);
      return ['', head, ...lines.map((line) => `  ${line}`)];
    }),
    ...decision.gates.filter(({ passed }) => !passed).map(({ detail }) => `\nHeld back: ${detail}`),
  ].join('\n');
}
