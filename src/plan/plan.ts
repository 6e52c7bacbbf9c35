import type { Decision } from './decision.ts';
import { decisionRow } from './decision-rows.ts';
import { extremePlans } from './extremes.ts';
import type { PlanInput } from './input.ts';
import { notesOf } from './notes.ts';
import { Round } from './round.ts';

/** What planning decides for a repository: the parts of a `Decision` that need no action. */
export interface Plan
  extends Pick<Decision, 'schedules' | 'confidence' | 'benefit' | 'terms' | 'load' | 'notes' | 'extremes'> {
  /** Probability with which the slots were drawn; 1 where nothing was drawn. */
  readonly propensity: number;
}

/**
 * Chooses one cron per schedule so that the repository's expected cost falls, within the limits of the
 * settings. Deterministic: the same input and seed give the same plan, whatever the order of the schedules.
 * The plan's `schedules` are in input order. `withExtremes` also looks for the plans of least wait, overlap and cost.
 */
export function planSchedules(input: PlanInput, seed: number, { withExtremes = false } = {}): Plan {
  const sorted = [...input.schedules.entries()].sort(([, a], [, b]) =>
    a.key < b.key ? -1 : a.key > b.key ? 1 : 0,
  );
  const round = new Round(
    sorted.map(([, schedule]) => schedule),
    input,
    seed,
  );
  const rows = sorted
    .map(([place], at) => ({ place, ...decisionRow(round, at) }))
    .sort((a, b) => a.place - b.place);
  const schedules = rows.map(({ decision }) => decision);
  const confidences = schedules
    .filter(({ outcome }) => outcome === 'move')
    .map(({ confidence }) => confidence);
  const whole = round.whole();
  const extremes = withExtremes ? extremePlans(round) : [];
  return {
    schedules,
    confidence: confidences.length === 0 ? 0 : Math.min(...confidences),
    propensity: round.propensity,
    ...whole,
    ...(extremes.length === 0 ? {} : { extremes: [...extremes] }),
    notes: notesOf(round, rows, whole.benefit),
  };
}
