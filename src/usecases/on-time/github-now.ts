import { clockCorrectionMs } from '../../on-time/clock-skew.ts';
import type { Context } from '../context.ts';
import type { GitHub } from '../ports.ts';

/** Whatever keeps GitHub's newest answers: the connection to GitHub, or the dispatcher of one of its repositories. */
type Answered = Pick<GitHub, 'clockReadings'> | null | undefined;

/** The time by GitHub's clock, epoch ms, by its newest answers to this process; else by the process's own clock. */
export function gitHubNow(
  { clock, processClock = clock }: Pick<Context, 'clock' | 'processClock'>,
  answered: Answered,
): number {
  return processClock.now() + clockCorrectionMs(answered?.clockReadings?.() ?? null);
}
