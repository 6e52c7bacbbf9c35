import type { ScheduleDecision, SlotForecast } from '../plan/decision.ts';
import type { ProposalState } from '../proposal/proposal.ts';
import { minutes, percent, seconds } from './quantity.ts';

/** What a count of runs learned counts, beside the runs that are known. */
export const RUNS_LEARNED = 'runs that ended after a forecast of them was made';

const OUTCOME_WORDS: Readonly<Record<ScheduleDecision['outcome'], string>> = {
  move: 'better time',
  held: 'better time, held back',
  keep: 'stays',
  refused: 'left alone',
};

const STATE_WORDS: Readonly<Partial<Record<ProposalState, string>>> = {
  watching: 'merged, being measured',
  'no-difference': 'no difference',
  'rolled-back': 'taken back',
};

export function stateWords(state: ProposalState): string {
  return STATE_WORDS[state] ?? state;
}

/** What the newest decision says of a schedule. */
export function outcomeWords(outcome: ScheduleDecision['outcome'] | null): string {
  return outcome === null ? 'not decided yet' : OUTCOME_WORDS[outcome];
}

/** Lateness of half the runs and of nine in ten. */
export function latenessWords(outlook: SlotForecast | null): string {
  return outlook === null
    ? '–'
    : `${minutes(outlook.latenessMedianMinutes)} / ${minutes(outlook.latenessP90Minutes)}`;
}

/** The median duration of a run; a dash where it is but a guess. */
export function durationWords({
  outlook,
  isTimed = true,
}: {
  readonly outlook: SlotForecast | null;
  readonly isTimed?: boolean | undefined;
}): string {
  return outlook === null || !isTimed ? '–' : seconds(outlook.durationMedianSeconds);
}

/** Share of runs that succeed. */
export function successWords(outlook: SlotForecast | null): string {
  return outlook === null ? '–' : percent(outlook.successProbability);
}
