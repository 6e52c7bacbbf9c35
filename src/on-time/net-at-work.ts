import { MINUTE_MS } from '../time.ts';
import { NET_PATH } from '../workflow/paths.ts';
import type { StartedRun } from './started-run.ts';

/*
 * The net and Offbeat must not start the same tick. The ten minutes after a tick are Offbeat's: the net waits for them,
 * and it lists runs twice, a minute apart, before it starts anything. After these minutes Offbeat lists runs before it
 * asks for one, and waits while a net is queued or in progress, since the runs of that net are listed once it has
 * ended. A net that begins later sees the run that Offbeat has asked for.
 */

/** How long after a tick only Offbeat starts it: two minutes less than the net waits, as lists of runs lag. */
const OWN_TIME_MS = 8 * MINUTE_MS;
/** Longest time of a run of the net: its job has a timeout of 30 minutes, and may wait for a runner before that. */
export const NET_LASTS_MS = 90 * MINUTE_MS;

/** The fields of a file that decide whether it is in the net. */
interface NetTerms {
  readonly mode: 'rescue' | 'punctual';
  readonly net: string;
}

export function hasOwnNet({ mode, net }: NetTerms): boolean {
  return mode === 'punctual' && net === 'own';
}

/** Whether the net may start a tick at `now`, epoch ms. */
export function mayNetCome(file: NetTerms, tick: number, now: number): boolean {
  return hasOwnNet(file) && now - tick > OWN_TIME_MS;
}

/** Whether a run of the net is queued or in progress among `runs`, listed since `NET_LASTS_MS` ago. */
export function isNetAtWork(runs: readonly Pick<StartedRun, 'path' | 'state'>[]): boolean {
  return runs.some(({ path, state }) => path === NET_PATH && state !== 'ended');
}
