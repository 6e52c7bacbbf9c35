import type { Decision } from '../plan/decision.ts';
import { evidenceOf } from './leading-reason.ts';
import type { ProposedMove } from './proposal.ts';

/** The moves that a decision proposes, in its own order, each with the evidence behind it. */
export function movesOf(decision: Decision): readonly ProposedMove[] {
  return decision.schedules
    .filter((schedule) => schedule.outcome === 'move')
    .map((schedule) => ({
      key: schedule.key,
      path: schedule.path,
      index: schedule.index,
      from: schedule.cron,
      to: schedule.to,
      timezone: schedule.timezone,
      evidence: evidenceOf(schedule),
    }));
}

/** Why a decision moves nothing: a better time that is held back is one all the same. */
export function nothingMovesSentence({ schedules }: Pick<Decision, 'schedules'>): string {
  const held = schedules.filter(({ outcome }) => outcome === 'held').length;
  if (held === 0) return 'No schedule has a better time.';
  return held === 1
    ? 'Nothing moves: the one better time is held back.'
    : `Nothing moves: ${held} better times are held back.`;
}
