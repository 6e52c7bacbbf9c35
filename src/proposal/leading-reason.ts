import { minutesBetween } from '../cron/distance.ts';
import { trusted } from '../plan/belief.ts';
import type { ScheduleDecision } from '../plan/decision.ts';
import { countedWait } from '../plan/later-start.ts';
import type { MoveEvidence, MoveReason } from './proposal.ts';

/** Minutes of work that one point of failure probability is worth when reasons are compared. */
const MINUTES_PER_FAILURE = 60;

/** Minutes of lateness a move saves: a gain as far as observations and the clock back it, a loss in full. */
export function countedLatenessGain({
  cron,
  to,
  today,
  proposed,
  latenessBelief = 1,
}: Pick<ScheduleDecision, 'cron' | 'to' | 'today' | 'proposed' | 'latenessBelief'>): number {
  if (today === null || proposed === null) return 0;
  const here = today.latenessMedianMinutes;
  const there = trusted(proposed.latenessMedianMinutes, here, latenessBelief);
  return here - countedWait(there, here, minutesBetween(cron, to));
}

/** Minutes a week beside other runs that a move saves; 0 where every job finds a runner. */
export function countedOverlapGain({
  today,
  proposed,
  overlapCounts = true,
}: Pick<ScheduleDecision, 'today' | 'proposed' | 'overlapCounts'>): number {
  if (!overlapCounts || today === null || proposed === null) return 0;
  return today.overlapMinutesPerWeek - proposed.overlapMinutesPerWeek;
}

/** The term that a move improves most; `finish-by` comes first where it gains at all. */
export function leadingReason(schedule: ScheduleDecision): MoveReason {
  const { today, proposed } = schedule;
  if (today === null || proposed === null) return 'overlap';
  if ((proposed.finishByProbability ?? 0) > (today.finishByProbability ?? 0)) return 'finish-by';
  const heldLess = (today.runnersHeld ?? 0) - (proposed.runnersHeld ?? 0);
  const gains: readonly (readonly [MoveReason, number])[] = [
    ['lateness', countedLatenessGain(schedule)],
    // A week's overlap over its days, so that all three are in minutes a day; overlap with other repositories included.
    ['overlap', countedOverlapGain(schedule) / 7 + (heldLess * today.durationMedianSeconds) / 60],
    ['failure', (proposed.successProbability - today.successProbability) * MINUTES_PER_FAILURE],
  ];
  return gains.reduce((best, gain) => (gain[1] > best[1] ? gain : best))[0];
}

/** The evidence for a move when it was proposed, kept so that a later round can compare its own with it. */
export function evidenceOf(schedule: ScheduleDecision): MoveEvidence {
  return { reason: leadingReason(schedule), benefit: schedule.benefit, runsSeen: schedule.runsSeen };
}
