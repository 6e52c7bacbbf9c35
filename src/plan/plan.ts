import type { Decision, ScheduleDecision } from './decision.ts';
import type { PlanInput } from './input.ts';
import { Lines } from './lines.ts';
import { notesOf } from './notes.ts';
import { Round } from './round.ts';

/** What planning says of a repository: the parts of a `Decision` that need no act. */
export interface Plan
  extends Pick<Decision, 'schedules' | 'confidence' | 'benefit' | 'terms' | 'load' | 'notes'> {
  /** Probability with which the slots were drawn; 1 where nothing was left to chance. */
  readonly propensity: number;
}

/**
 * Chooses one cron per schedule so that the repository's expected cost falls, within the limits of the
 * settings. Deterministic: the same input and seed give the same plan, in whatever order schedules come.
 * `schedules` answers in input order.
 */
export function planRepository(input: PlanInput, seed: number): Plan {
  const sorted = [...input.schedules].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const round = new Round(sorted, input, seed);
  const lines = new Lines(round);
  const decided = new Map(sorted.map((schedule, at) => [schedule, lines.line(at)]));
  const schedules = input.schedules.map((schedule) => decided.get(schedule) as ScheduleDecision);
  const whole = round.whole();
  const moves = schedules.filter((schedule) => schedule.outcome === 'move');
  return {
    schedules,
    confidence: moves.length === 0 ? 0 : Math.min(...moves.map((move) => move.confidence)),
    propensity: round.propensity,
    ...whole,
    notes: notesOf(round, schedules, whole.benefit),
  };
}
