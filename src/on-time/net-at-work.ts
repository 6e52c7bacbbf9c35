import { MINUTE_MS } from '../time.ts';
import { NET_PATH } from '../workflow/paths.ts';
import type { StartedRun } from './started-run.ts';

/*
 * The net and Offbeat must not start the same tick. The ten minutes after a tick are Offbeat's: the net waits for them,
 * and it looks for runs twice, a minute apart, before it starts anything. Later Offbeat looks before it asks, and waits
 * while a net is queued or at work: what that one starts is to be seen when it has ended. A net that begins after that
 * look sees what Offbeat has asked for.
 */

/** After that the net may come. Two minutes less than it waits: its lists lag. */
const OWN_TIME_MS = 8 * MINUTE_MS;
/** The net's job ends by then; before it begins it waits for a runner. */
export const NET_LASTS_MS = 90 * MINUTE_MS;

/** How a file is kept by GitHub's cron, as far as it says whether there is a net of its own. */
interface NetTerms {
  readonly mode: 'rescue' | 'punctual';
  readonly net: string;
}

export function hasOwnNet({ mode, net }: NetTerms): boolean {
  return mode === 'punctual' && net === 'own';
}

/** Whether the net may come for a tick now, epoch ms. */
export function mayNetCome(file: NetTerms, tick: number, now: number): boolean {
  return hasOwnNet(file) && now - tick > OWN_TIME_MS;
}

/** Whether a run of the net waits or goes on among the runs that were listed since `NET_LASTS_MS` ago. */
export function isNetAtWork(runs: readonly Pick<StartedRun, 'path' | 'state'>[]): boolean {
  return runs.some(({ path, state }) => path === NET_PATH && state !== 'ended');
}
