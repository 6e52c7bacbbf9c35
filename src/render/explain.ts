import type { Decision, ScheduleDecision } from '../plan/decision.ts';
import { byOutcome } from './decision.ts';
import { type Document, details, indented, list, only, table, together } from './document.ts';
import { code, gateSentence, type Inline, name, sentence, strong, words } from './inline.ts';
import { fileName } from './move-words.ts';
import { count, instant, percent, wholePercent } from './quantity.ts';

/** Why a decision came out as it did. */
export function renderExplanation(decision: Decision): Document {
  const { gates, schedules, notes = [] } = decision;
  const moves = schedules.some(({ outcome }) => outcome === 'move');
  const held = moves ? gates.filter(({ passed }) => !passed) : [];
  return [
    together(words`Decision ${code(decision.id)} of ${instant(decision.at)}.`, ...notes.map(sentence)),
    list(held.map((result) => words`Held back: ${gateSentence(result)}`)),
    ...byOutcome(schedules).map((schedule) =>
      indented(linesOf(schedule).map(sentence), titleOf(schedule, schedules)),
    ),
    only(
      'markdown',
      details(
        'Every gate',
        askedOfRound(schedules),
        table(
          ['Gate', 'Answer', 'Why'],
          gates.map((result) => [
            name(result.gate),
            result.passed ? 'passed' : 'holds back',
            gateSentence(result),
          ]),
        ),
      ),
    ),
  ];
}

/** The file, and the cron where it changes or the file has several. */
function titleOf({ path, cron, to }: ScheduleDecision, all: readonly ScheduleDecision[]): Inline {
  const file = code(fileName(path));
  const isOneOfSeveral = all.filter((one) => one.path === path).length > 1;
  const own = isOneOfSeveral ? words`: ${code(cron)}` : '';
  const change = to === cron ? own : words`: ${code(cron)} → ${code(to)}`;
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
    ...restOf(explanation.reasons, benefit),
    ...cautions,
    explanation.counterfactual,
    ...explanation.wouldChange,
    `Saves ${percent(benefit)} of its cost; at least half of that comes true with a chance of ` +
      `${percent(confidence)} (${count(runsSeen, 'run')} seen).`,
  ];
}

/** Says that the gates were asked of a newer plan than the one that the open pull request shows. */
function askedOfRound(schedules: readonly ScheduleDecision[]): string {
  const number = schedules.find(({ inPull }) => inPull !== undefined)?.inPull;
  return number === undefined
    ? ''
    : 'The gates were asked of the moves with the figures of this round; the figures above are those with which ' +
        `pull request #${number} was made.`;
}

/** What lies between the shares that the reasons name and the whole that is saved, so that the figures add up. */
function restOf(named: readonly { readonly share: number }[], benefit: number): readonly string[] {
  const rest = wholePercent(benefit) - named.reduce((sum, { share }) => sum + wholePercent(share), 0);
  if (rest === 0) return [];
  return rest < 0
    ? [`Taken off again: ${percent(-rest / 100)} of its cost, for what gets worse and for the change itself.`]
    : [`Smaller gains add ${percent(rest / 100)} of its cost, after what the change itself takes off.`];
}
