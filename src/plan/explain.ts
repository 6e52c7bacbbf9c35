import { clockTime } from '../time.ts';
import type { ScheduleExplanation, SlotForecast } from './decision.ts';
import { NOTICEABLE } from './noticeable.ts';
import { byTheClock, percent, runnersSentence, span } from './reasons.ts';

/** Reasons given for one move. */
const MOST_REASONS = 3;
/** A term with a smaller share of the gain than this is no reason. */
const LEAST_SHARE = 0.03;
/** A change larger than half a day is too unlikely to be worth a sentence. */
const FURTHEST_MINUTES = 12 * 60;

/** Costs and savings of one schedule's move, in the objective's units. */
export interface MoveAccount {
  readonly cron: string;
  readonly today: SlotForecast;
  readonly proposed: SlotForecast;
  /** From today's tick to the proposed one; negative is earlier. */
  readonly shiftMinutes: number;
  readonly finishByMinute: number | null;
  /** Name of its runners. */
  readonly runners: string;
  readonly costToday: number;
  /** How much more the move saves than it has to. */
  readonly spare: number;
  readonly saved: {
    readonly overlap: number;
    readonly runners: number;
    readonly lateness: number;
    readonly failure: number;
    readonly finishBy: number;
    readonly cost: number;
  };
  /** Cost of one unit of these terms: a minute of waiting, a minute of overlap, all runs failing. */
  readonly termWeights: { readonly wait: number; readonly failure: number; readonly overlap: number };
  /** Jobs side by side where runners are scarce; 0 where overlap does not count. */
  readonly countedJobs: number;
  /** Expected minutes to the start at the proposed time, as they are counted. */
  readonly wait: number;
  readonly latenessObservations: number;
}

/** The main reasons of a move with shares of the gain, what staying would mean, and what would change it. */
export function explainMove(account: MoveAccount): ScheduleExplanation {
  const { saved, costToday } = account;
  const sentences: Readonly<Record<keyof MoveAccount['saved'], string>> = {
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

/** Why a schedule stays at its current time though a better one is known. */
export type HoldKind =
  | 'gain'
  | 'effect'
  | 'dwell'
  | 'coupling'
  | 'full-minute'
  | 'confidence'
  | 'share'
  | 'edits';

/** Says when a held schedule would move; `gain` and `least` are shares of its own cost. */
export function explainHeld(hold: {
  readonly kind: HoldKind;
  readonly gain: number;
  readonly least: number;
  readonly dwellDaysLeft: number;
  readonly confidence: number;
  readonly minConfidence: number;
  readonly runsSeen: number;
}): string {
  switch (hold.kind) {
    case 'gain':
      return (
        `It would move if the gain rose from ${percent(hold.gain)} to ${percent(hold.least)}: later starts or ` +
        `more runs beside it at today's time, or better evidence of the other hour.`
      );
    case 'effect':
      return `It would move if that brought ${NOTICEABLE}.`;
    case 'dwell':
      return `It may move again in ${Math.max(1, Math.ceil(hold.dwellDaysLeft))} days if the gain is still there.`;
    case 'coupling':
      return 'It would move if those it is coupled to could move with it.';
    case 'full-minute':
      return 'It would move if fewer schedules of this repository started in the same minute there.';
    case 'confidence':
      return (
        `It would move with a confidence of ${percent(hold.minConfidence)} instead of ` +
        `${percent(hold.confidence)}: more runs (now ${hold.runsSeen}), or steadier lateness at both hours, ` +
        'would bring it.'
      );
    case 'edits':
      return 'It may move when older moves are half a year ago, or `max-edits` allows more.';
    case 'share':
      return 'It is next when others have moved and one round has room for it.';
  }
}
