import { clockCorrectionMs } from '../../on-time/clock-skew.ts';
import type { Context } from '../context.ts';
import type { GitHub } from '../ports.ts';

/** Whatever keeps GitHub's newest answers: the connection to GitHub, or the dispatcher of one of its repositories. */
type Answered = Pick<GitHub, 'clockReadings'> | null | undefined;

/** The time by GitHub's clock, epoch ms, as its newest answers tell it; by ours where none of them is known. */
export function gitHubNow({ clock }: Pick<Context, 'clock'>, answered: Answered): number {
  return clock.now() + clockCorrectionMs(answered?.clockReadings?.() ?? null);
}

/**
 * When something was read of GitHub, by its clock, epoch ms. The clock of a delivery stands at when it was accepted, by
 * a machine whose own may be ahead; nothing is accepted after it was handled.
 */
export function gitHubReadAt({ clock }: Pick<Context, 'clock'>, answered: Answered): number {
  const readings = answered?.clockReadings?.() ?? null;
  const receivedAt = readings?.at(-1)?.receivedAt ?? Number.POSITIVE_INFINITY;
  return Math.min(clock.now(), receivedAt) + clockCorrectionMs(readings);
}
