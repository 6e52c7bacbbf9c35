import { DAY_MS } from '../time.ts';
import type { Proposal } from './proposal.ts';

/** Nothing is proposed for so long after a move has done harm, unless that is taken back. */
const OPEN_DAYS = 14;

/** Why the circuit breaker is open, so that nothing is proposed, in a sentence; `null` where it is closed. */
export function whyCircuitOpen(proposals: readonly Proposal[], now: number): string | null {
  for (const { state, pullNumber, changedAt, watch, jobKey } of proposals) {
    if (state === 'worse' && now - changedAt < OPEN_DAYS * DAY_MS) {
      return (
        `What #${pullNumber} has ${jobKey === undefined ? 'moved' : 'changed'} got worse; nothing more is ` +
        `proposed until that is taken back, or for ${OPEN_DAYS} days.`
      );
    }
    const alarms = watch?.moves.flatMap((move) => move.alarms) ?? [];
    if (
      state === 'watching' &&
      alarms.some((alarm) => alarm === 'not-fired' || alarm === 'startup-failure')
    ) {
      return `Something that #${pullNumber} has moved does not start any more; that comes first.`;
    }
  }
  return null;
}
