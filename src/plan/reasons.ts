import { clockTime, HOUR_MINUTES } from '../time.ts';
import type { SlotForecast } from './decision.ts';
import { FINISH_BY_SHARE } from './finish-by.ts';
import type { TermsSaved } from './objective.ts';
import { KNOWN_FROM_TICKS } from './task.ts';

/** Differences below a minute a week, a minute of lateness or a point of success are not worth a sentence. */
const NOTABLE_MINUTES = 1;
const NOTABLE_SHARE = 0.01;

/** A share as a whole percentage. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Minutes in words: `7 minutes`, `3 h 20 min`. */
export function span(minutes: number): string {
  const whole = Math.round(Math.abs(minutes));
  if (whole < HOUR_MINUTES) return whole === 1 ? '1 minute' : `${whole} minutes`;
  const rest = whole % HOUR_MINUTES;
  const hours = `${Math.floor(whole / HOUR_MINUTES)} h`;
  return rest === 0 ? hours : `${hours} ${rest} min`;
}

export interface MoveFacts {
  readonly today: SlotForecast;
  readonly proposed: SlotForecast;
  /** From today's tick to the proposed one; negative is earlier. */
  readonly shiftMinutes: number;
  readonly finishByMinute: number | null;
  /** Name of its runners. */
  readonly runners: string;
  /** Observations of the lateness at the proposed hours; of several hours the fewest. */
  readonly latenessObservations: number;
  /** Jobs side by side where runners are scarce; 0 where overlap is no trouble. */
  readonly countedJobs: number;
  readonly saved: TermsSaved;
}

/**
 * The gains of a better time, the largest first: a sentence for each term. `render/gain.ts` words the moves of a pull
 * request, and `explain.ts` those of `/explain`.
 */
export function moveReasons(facts: MoveFacts): string[] {
  const gains = [
    { saved: facts.saved.finishBy, sentence: finishBySentence(facts) },
    { saved: facts.saved.overlap, sentence: overlapSentence(facts) },
    { saved: facts.saved.runners, sentence: runnersSentence(facts) },
    { saved: facts.saved.lateness, sentence: latenessSentence(facts) },
    { saved: facts.saved.failure, sentence: failureSentence(facts) },
  ];
  gains.sort((a, b) => b.saved - a.saved);
  return gains.map(({ sentence }) => sentence).filter((sentence) => sentence !== null);
}

function overlapSentence({ today, proposed, countedJobs }: MoveFacts): string | null {
  if (countedJobs === 0) return null;
  const [before, after] = [today.overlapMinutesPerWeek, proposed.overlapMinutesPerWeek];
  if (Math.abs(before - after) < NOTABLE_MINUTES) return null;
  return `Its runs are expected to share ${span(after)} a week with other runs instead of ${span(before)}.`;
}

/** Says how much of the runners others have; `null` where none are shared, or it makes no difference. */
export function runnersSentence({
  today,
  proposed,
  runners,
}: Pick<MoveFacts, 'today' | 'proposed' | 'runners'>): string | null {
  const [before, after] = [today.runnersHeld ?? 0, proposed.runnersHeld ?? 0];
  if (Math.abs(before - after) < NOTABLE_SHARE) return null;
  return (
    `Other repositories are expected to have ${percent(after)} of the ${runners} runners while it runs instead ` +
    `of ${percent(before)}.`
  );
}

function latenessSentence(facts: MoveFacts): string | null {
  const { today, proposed, latenessObservations } = facts;
  const [before, after] = [today.latenessMedianMinutes, proposed.latenessMedianMinutes];
  if (Math.abs(before - after) < NOTABLE_MINUTES) return null;
  if (latenessObservations < KNOWN_FROM_TICKS) {
    return 'How late GitHub starts it at the new hour has hardly been seen here, so no gain is counted on.';
  }
  return (
    `GitHub is expected to start it ${span(after)} late instead of ${span(before)} (median; nine in ten within ` +
    `${span(proposed.latenessP90Minutes)}). What was seen at that hour counts as much as ` +
    `${latenessObservations} recent runs.${byTheClock(facts)}`
  );
}

/** Says when half of the runs start after a later tick, where less delay alone says little; else empty. */
export function byTheClock({
  today,
  proposed,
  shiftMinutes,
}: Pick<MoveFacts, 'today' | 'proposed' | 'shiftMinutes'>): string {
  if (shiftMinutes <= 0) return '';
  const later = shiftMinutes + proposed.latenessMedianMinutes - today.latenessMedianMinutes;
  if (Math.abs(later) < NOTABLE_MINUTES) return ' By the clock half of its runs start when they do today.';
  return ` By the clock half of its runs start ${span(later)} ${later < 0 ? 'earlier' : 'later'} than today.`;
}

function failureSentence({ today, proposed }: MoveFacts): string | null {
  const [before, after] = [today.successProbability, proposed.successProbability];
  if (Math.abs(after - before) < NOTABLE_SHARE) return null;
  return `Runs at that hour are expected to succeed in ${percent(after)} of cases instead of ${percent(before)}.`;
}

function finishBySentence({ today, proposed, finishByMinute }: MoveFacts): string | null {
  if (finishByMinute === null || today.finishByProbability === null || proposed.finishByProbability === null)
    return null;
  return (
    `It is expected to be done by ${clockTime(finishByMinute)} in ${percent(proposed.finishByProbability)} of ` +
    `runs instead of ${percent(today.finishByProbability)}.`
  );
}

/** Says that no time keeps `finish-by` in nine runs of ten; `null` where one does, or there is none to keep. */
export function unreachableSentence(finishByMinute: number | null, bestFinish: number): string | null {
  if (finishByMinute === null || Math.round(bestFinish * 100) >= FINISH_BY_SHARE * 100) return null;
  return (
    `At no time that it may move to would nine runs of ten be done by ${clockTime(finishByMinute)}; at the best ` +
    `one ${percent(bestFinish)} would.`
  );
}

/** Why a schedule stays, where nothing better was found. */
export function keepReason(others: number, bestGain: number, leavesUnknownOut: boolean): string {
  if (others === 0) {
    return leavesUnknownOut
      ? 'How late GitHub starts runs at other hours is not known here, and nothing else speaks for a move.'
      : 'No other time keeps its meaning within its window.';
  }
  const tried = others === 1 ? 'The one other time' : `The best of ${others} other times`;
  if (percent(Math.abs(bestGain)) === percent(0))
    return `Today's time is as good as any: ${tried.toLowerCase()} would cost as much.`;
  if (bestGain < 0)
    return `Today's time is the best: ${tried.toLowerCase()} would raise its cost by ${percent(-bestGain)}.`;
  return `Today's time is as good as any: ${tried.toLowerCase()} would save ${percent(bestGain)} of its cost.`;
}

/** Why a schedule stays of whose workflow no run has succeeded or failed; `runsSeen` are its scheduled runs. */
export function noOutcomeReason(runsSeen: number): string {
  return `${withoutOutcome(runsSeen)}, so nothing is known by which another time could be chosen.`;
}

/** Says that no run of a schedule's workflow has succeeded or failed, as the beginning of a sentence. */
export function withoutOutcome(runsSeen: number): string {
  if (runsSeen === 0) return 'No run of it that succeeded or failed has been seen';
  if (runsSeen === 1) return '1 scheduled run was seen, which has neither succeeded nor failed';
  return `${runsSeen} scheduled runs were seen, of which none has succeeded or failed`;
}
