import { DAY_MS, MINUTE_MS } from '../time.ts';
import type { ServedTick } from './served-tick.ts';

/** A run that is created so soon after its tick started on time. */
const ON_TIME_MS = 5 * MINUTE_MS;
const SHOWN_MS = 30 * DAY_MS;

/** Ticks of 30 days by who has served them. */
export interface TickShares {
  /** All that were decided on. */
  readonly ticks: number;
  /** Of them, those whose run was created within five minutes. */
  readonly onTime: number;
  readonly by: Readonly<Record<'offbeat' | 'github' | 'net' | 'person' | 'nobody', number>>;
  /** Second runs that were cancelled, and those that ran on. */
  readonly twinsCancelled: number;
  readonly twinsLeft: number;
}

/** Who has served the ticks of 30 days before `now` (epoch ms), and how soon. Ticks that are still open do not count. */
export function tickShares(ticks: readonly ServedTick[], now: number): TickShares {
  const by = { offbeat: 0, github: 0, net: 0, person: 0, nobody: 0 };
  let [onTime, twinsCancelled, twinsLeft, all] = [0, 0, 0, 0];
  for (const tick of ticks) {
    const server = now - tick.tick > SHOWN_MS ? null : serverOf(tick);
    if (server === null) continue;
    all += 1;
    by[server] += 1;
    const createdAt = createdAtOf(tick);
    if (createdAt !== null && createdAt - tick.tick <= ON_TIME_MS) onTime += 1;
    if (tick.twin?.fate === 'cancelled') twinsCancelled += 1;
    if (tick.twin?.fate === 'left') twinsLeft += 1;
  }
  return { ticks: all, onTime, by, twinsCancelled, twinsLeft };
}

function serverOf({ progress, twin }: ServedTick): keyof TickShares['by'] | null {
  if (twin?.fate === 'adopted') return 'github';
  switch (progress.state) {
    case 'due':
    case 'intent':
    case 'asked':
      return null;
    case 'seen':
    case 'running':
    case 'done':
    case 'failed':
      return 'offbeat';
    case 'lost':
      return 'nobody';
    case 'skipped':
      return progress.why === 'github' || progress.why === 'net' || progress.why === 'person'
        ? progress.why
        : 'nobody';
  }
}

function createdAtOf({ progress, twin }: ServedTick): number | null {
  if (twin?.fate === 'adopted') return twin.createdAt;
  return 'createdAt' in progress ? progress.createdAt : null;
}
