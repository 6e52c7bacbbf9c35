import { PROMISED_SHARE } from '../plan/confidence.ts';
import { type MeasuredMove, shippedConfidence } from '../plan/confidence-fit.ts';
import type { Decision, ScheduleDecision, SlotForecast } from '../plan/decision.ts';
import { leadingReason } from './leading-reason.ts';
import type { MoveReason } from './proposal.ts';
import type { Finding, Measure, Verdict } from './verdict/verdict.ts';

const LEAST_RUNS = 8;

/**
 * The moves of a decision that a final verdict has measured, each with whether at least half of its leading gain came
 * true: whether its figure fell far enough below the one expected from the unmoved schedules.
 */
export function measuredMoves(
  { schedules, confidenceFit }: Pick<Decision, 'schedules' | 'confidenceFit'>,
  { findings, worse }: Pick<Verdict, 'findings' | 'worse'>,
): readonly MeasuredMove[] {
  return schedules
    .filter(({ outcome }) => outcome === 'move')
    .flatMap((schedule) => {
      const own = findings.filter(({ key }) => key === schedule.key);
      const kept = worse.includes(schedule.key) ? false : isKept(schedule, own);
      const confidence = shippedConfidence(schedule.confidence, confidenceFit);
      return kept === null ? [] : [{ confidence, kept }];
    });
}

/** Whether the promised gain came true; `null` where its measure was not taken, or nothing was promised of it. */
function isKept(schedule: ScheduleDecision, findings: readonly Finding[]): boolean | null {
  const promise = promiseOf(schedule);
  const finding = findings.find(({ measure }) => measure === promise?.measure);
  if (promise === null || finding === undefined) return null;
  const { expected, after, runsAfter } = finding;
  if (runsAfter < LEAST_RUNS || expected <= 0 || promise.share <= 0) return null;
  return 1 - after / expected >= PROMISED_SHARE * promise.share;
}

/** The figures that verdicts measure, as they are forecast. No verdict measures `finish-by`. */
const FORECASTS: Readonly<Record<Exclude<MoveReason, 'finish-by'>, (slot: SlotForecast) => number>> = {
  lateness: ({ latenessMedianMinutes }) => latenessMedianMinutes,
  overlap: ({ overlapMinutesPerWeek }) => overlapMinutesPerWeek,
  failure: ({ successProbability }) => 1 - successProbability,
};

/** The measure that a move is for, and the share of it that it was to take away. */
function promiseOf(schedule: ScheduleDecision): { readonly measure: Measure; readonly share: number } | null {
  const { today, proposed } = schedule;
  const measure = leadingReason(schedule);
  if (today === null || proposed === null || measure === 'finish-by') return null;
  const [before, then] = [FORECASTS[measure](today), FORECASTS[measure](proposed)];
  return { measure, share: before <= 0 ? 0 : 1 - then / before };
}
