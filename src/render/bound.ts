import type { Decision } from '../plan/decision.ts';

const METHODS = {
  exact: 'proven by ruling everything else out',
  'branch-and-bound': 'proven by branch and bound, cut short',
  relaxation: 'proven by a relaxation',
} as const;

/** How far a plan can be from the best one, and how that is known; empty where no bound was worked out. */
export function boundSentence({ bound }: Pick<Decision, 'bound'>): string {
  if (bound === undefined) return '';
  return `No choice among the candidates could cost more than ${(100 * bound.gap).toFixed(2)} % less (${METHODS[bound.method]}).`;
}
