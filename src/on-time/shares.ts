import { z } from 'zod';
import { DAY_MS, MINUTE_MS } from '../time.ts';
import type { ServedTick } from './served-tick.ts';

/** A run is on time when it is created within this time after its tick. */
export const ON_TIME_MS = 5 * MINUTE_MS;
/** Shares and figures cover the ticks of this time. */
export const SHOWN_MS = 30 * DAY_MS;

const Count = z.number().int().nonnegative();

/** Who may have served a tick. */
export type TickServer = 'offbeat' | 'github' | 'net' | 'person' | 'nobody';

/** Numbers of ticks of 30 days by who has served them. */
export const TickShares = z.object({
  /** All ticks that are no longer open. */
  ticks: Count,
  /** Of them, those whose run was created within five minutes. */
  onTime: Count,
  by: z.object({ offbeat: Count, github: Count, net: Count, person: Count, nobody: Count }),
  /** Twins that were cancelled, and twins that were not. */
  twinsCancelled: Count,
  twinsLeft: Count,
});
export type TickShares = z.infer<typeof TickShares>;

/** Who has served the ticks of 30 days before `now` (epoch ms), and how soon. Open ticks do not count. */
export function tickShares(ticks: readonly ServedTick[], now: number): TickShares {
  const by = { offbeat: 0, github: 0, net: 0, person: 0, nobody: 0 };
  let [onTime, twinsCancelled, twinsLeft, all] = [0, 0, 0, 0];
  for (const tick of ticks) {
    const server = now - tick.tick > SHOWN_MS ? null : tickServer(tick);
    if (server === null) continue;
    all += 1;
    by[server] += 1;
    const createdAt = servedAt(tick);
    if (createdAt !== null && createdAt - tick.tick <= ON_TIME_MS) onTime += 1;
    if (tick.twin?.fate === 'cancelled') twinsCancelled += 1;
    if (tick.twin?.fate === 'left') twinsLeft += 1;
  }
  return { ticks: all, onTime, by, twinsCancelled, twinsLeft };
}

/** Who has served a tick; `null` while it is open. */
export function tickServer({ progress, twin }: ServedTick): TickServer | null {
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

/** When the run that serves a tick was created, epoch ms; `null` where there is none. */
export function servedAt({ progress, twin }: ServedTick): number | null {
  if (twin?.fate === 'adopted') return twin.createdAt;
  return 'createdAt' in progress ? progress.createdAt : null;
}
