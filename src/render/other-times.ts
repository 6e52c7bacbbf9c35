import type { Decision, ScheduleDecision } from '../plan/decision.ts';
import { type Block, details, list, numeric, table } from './document.ts';
import { COST_MEANS } from './gain.ts';
import { code, sentence, strong, words } from './inline.ts';
import { fileName } from './move-words.ts';
import { count, instant, percent } from './quantity.ts';

const MAX_ALTERNATIVES = 4;
/** Reasons shown for a held schedule: why it is held, and the largest gain of its better time. */
const MAX_REASONS = 2;
const MAX_HELD = 10;

/** Other times by the share of the schedule's cost that each would save, the chosen one among them. */
export function otherTimes(decision: Decision, moves: readonly ScheduleDecision[]): Block {
  const rows = moves.flatMap((move) =>
    [{ cron: move.to, score: move.benefit }, ...move.alternatives.slice(0, MAX_ALTERNATIVES)]
      .sort((a, b) => b.score - a.score)
      .map(({ cron, score }) => {
        const isChosen = cron === move.to;
        const saved = percent(Math.max(0, score));
        return [
          code(fileName(move.path)),
          isChosen ? strong(words`${code(cron)} (chosen)`) : code(cron),
          isChosen ? strong(saved) : saved,
        ];
      }),
  );
  return details(
    'Other times that were considered',
    `Share of the schedule’s present cost that each time would save; more is better. ${COST_MEANS}`,
    table(['Workflow', 'Time', numeric('Saves of its cost')], rows),
    words`Decision ${code(decision.id)} of ${instant(decision.at)}; ${code('/explain')} says more.`,
  );
}

/** Schedules with a better time that is not proposed now, each with what holds it back. */
export function heldBack({ schedules }: Decision): Block {
  const held = schedules.filter(({ outcome }) => outcome === 'held');
  const left = held.length - MAX_HELD;
  return details(
    `Held back: ${count(held.length, 'schedule')}`,
    list([
      ...held.slice(0, MAX_HELD).map(({ path, to, cron, reasons }) => {
        const better = to === cron ? '' : words` ${code(cron)} → ${code(to)}`;
        return words`${code(fileName(path))}${better}: ${sentence(reasons.slice(0, MAX_REASONS).join(' '))}`;
      }),
      ...(left > 0 ? [`and ${left} more, which \`/report\` lists`] : []),
    ]),
  );
}
