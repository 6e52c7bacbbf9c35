import { DAY_MS } from '../time.ts';
import type { Proposal } from './proposal.ts';

/** After harm was proven nothing more is proposed for so long, unless it was taken back. */
const REST_DAYS = 14;

/** Why nothing more is proposed for now, in a sentence; `null` where no earlier change is under suspicion. */
export function suspicion(proposals: readonly Proposal[], now: number): string | null {
  for (const { state, pullNumber, changedAt, watch } of proposals) {
    if (state === 'worse' && now - changedAt < REST_DAYS * DAY_MS) {
      return `What #${pullNumber} has moved got worse; nothing more is proposed until that is taken back, or for ${REST_DAYS} days.`;
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
