import { clockTime } from '../time.ts';
import type { ScheduleExplanation } from './decision.ts';
import type { TermsSaved, TermWeights } from './objective.ts';
import { byTheClock, type MoveFacts, percent, runnersSentence, span } from './reasons.ts';

/** Reasons given for one move. */
const MOST_REASONS = 3;
/** A term with a smaller share of the gain than this is no reason. */
const LEAST_SHARE = 0.03;
/** A change larger than half a day is too unlikely to be worth a sentence. */
const FURTHEST_MINUTES = 12 * 60;

/** Costs and savings of one schedule's move, in the objective's units. */
interface MoveAccount extends MoveFacts {
  readonly cron: string;
  readonly costToday: number;
  /** How much more the move saves than it has to. */
  readonly spare: number;
  /** Cost of a unit of each term: a minute of waiting, a minute of overlap, all runs failing. */
  readonly termWeights: TermWeights;
  /** Expected minutes to the start at the proposed time, as they are counted. */
  readonly wait: number;
}

/** The main reasons of a move with shares of the gain, what staying would mean, and what would change it. */
export function explainMove(account: MoveAccount): ScheduleExplanation {
  const { saved, costToday } = account;
  const sentences: Readonly<Record<keyof TermsSaved, string>> = {
    lateness: latenessSentence(account),
    overlap: overlapSentence(account),
    runners: runnersSentence(account) ?? '',
    finishBy: finishBySentence(account),
    failure: failureSentence(account),
    cost: 'Fewer runs fail, and what fails is paid twice.',
  };
  const terms = (Object.keys(sentences) as (keyof typeof sentences)[])
    .map((term) => ({ term, share: costToday <= 0 ? 0 : saved[term] / costToday, sentence: sentences[term] }))
    .filter(({ share, sentence }) => share >= LEAST_SHARE && sentence !== '')
    .sort((a, b) => b.share - a.share)
    .slice(0, MOST_REASONS);
  return { reasons: terms, counterfactual: staying(account), wouldChange: breakEvens(account) };
}

function latenessSentence(account: MoveAccount): string {
  const { today, proposed, latenessObservations } = account;
  return (
    `Half of the runs start within ${span(proposed.latenessMedianMinutes)} of the tick instead of ` +
    `${span(today.latenessMedianMinutes)} (evidence at the new hour: as much as ${latenessObservations} recent runs).` +
    byTheClock(account)
  );
}

function overlapSentence({ today, proposed }: MoveAccount): string {
  return (
    `Its runs share ${span(proposed.overlapMinutesPerWeek)} a week with others instead of ` +
    `${span(today.overlapMinutesPerWeek)}.`
  );
}

function finishBySentence({ today, proposed, finishByMinute }: MoveAccount): string {
  if (finishByMinute === null || today.finishByProbability === null || proposed.finishByProbability === null)
    return '';
  return (
    `It is done by ${clockTime(finishByMinute)} in ${percent(proposed.finishByProbability)} of runs instead of ` +
    `${percent(today.finishByProbability)}.`
  );
}

function failureSentence({ today, proposed }: MoveAccount): string {
  return `${percent(proposed.successProbability)} of runs succeed instead of ${percent(today.successProbability)}.`;
}

function staying({ cron, today, finishByMinute, runners, countedJobs }: MoveAccount): string {
  const facts = [
    `half of its runs start more than ${span(today.latenessMedianMinutes)} late and one in ten more than ` +
      `${span(today.latenessP90Minutes)}`,
    ...(countedJobs === 0 ? [] : [`it shares ${span(today.overlapMinutesPerWeek)} a week with other runs`]),
    ...(today.runnersHeld === undefined
      ? []
      : [`other repositories have ${percent(today.runnersHeld)} of the ${runners} runners while it runs`]),
    ...(finishByMinute === null || today.finishByProbability === null
      ? []
      : [
          `${percent(1 - today.finishByProbability)} of its runs are not done by ${clockTime(finishByMinute)}`,
        ]),
  ];
  return `Staying at \`${cron}\` would mean: ${facts.join('; ')}.`;
}

/** How wrong each expectation would have to be for the schedule to stay. */
function breakEvens(account: MoveAccount): string[] {
  const { today, proposed, spare, termWeights, countedJobs, saved, shiftMinutes } = account;
  if (spare <= 0) return [];
  const changes: string[] = [];
  // At a later time the shift is counted together with the delay.
  const wait = account.wait - (saved.lateness > 0 ? Math.max(0, shiftMinutes) : 0);
  const later = termWeights.wait <= 0 ? Number.POSITIVE_INFINITY : spare / termWeights.wait;
  // Where less delay at a later time is not counted, more of it changes little at first.
  const isCounted =
    shiftMinutes <= 0 || saved.lateness > 0 || proposed.latenessMedianMinutes > today.latenessMedianMinutes;
  if (later <= FURTHEST_MINUTES && wait > 0 && isCounted) {
    const median = proposed.latenessMedianMinutes * (1 + later / wait);
    changes.push(
      `It would stay if half of the runs at the new hour started more than ${span(median)} late (now ` +
        `expected: ${span(proposed.latenessMedianMinutes)}).`,
    );
  }
  const longer =
    termWeights.overlap <= 0 || countedJobs === 0
      ? Number.POSITIVE_INFINITY
      : spare / termWeights.overlap / countedJobs;
  if (longer <= FURTHEST_MINUTES * 7) {
    changes.push(
      `It would stay if it shared ${span(proposed.overlapMinutesPerWeek + longer)} a week or more with other ` +
        `runs there (now expected: ${span(proposed.overlapMinutesPerWeek)}).`,
    );
  }
  const worse = termWeights.failure <= 0 ? Number.POSITIVE_INFINITY : spare / termWeights.failure;
  if (worse < proposed.successProbability) {
    changes.push(
      `It would stay if fewer than ${percent(proposed.successProbability - worse)} of the runs there ` +
        `succeeded (now expected: ${percent(proposed.successProbability)}).`,
    );
  }
  return changes;
}
