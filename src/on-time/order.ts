import { parseCron } from '../cron/parse.ts';
import { nextTick } from '../cron/ticks.ts';
import { MINUTE_MS } from '../time.ts';
import type { DueTick } from './progress.ts';

/** A queued tick, with the instant (epoch ms) by which its run has to be done; `null` without a `finish-by`. */
export interface QueuedTick {
  readonly due: DueTick;
  readonly finishBy: number | null;
}

/** Earliest deadline first; then ticks without a deadline, oldest first. */
export function compareQueuedTicks(one: QueuedTick, other: QueuedTick): number {
  const deadline = ({ finishBy }: QueuedTick): number => finishBy ?? Number.POSITIVE_INFINITY;
  const [first, second] = [deadline(one), deadline(other)];
  if (first !== second) return first < second ? -1 : 1;
  return one.due.tick - other.due.tick || (one.due.path < other.due.path ? -1 : 1);
}

/** GitHub asks for a second between the writes of an installation. */
export const BETWEEN_REQUESTS_MS = 1_000;

/** The items of an ordered queue that wait for more than a minute, as one request a second is sent. */
export function laterThanAMinute<T>(line: readonly T[]): readonly T[] {
  return line.slice(MINUTE_MS / BETWEEN_REQUESTS_MS);
}

/** The instant of a minute of the local day at or after a tick, epoch ms; `null` where the zone has none. */
export function finishByAt(tick: number, minute: number, timezone: string): number | null {
  return nextTick(parseCron(`${minute % 60} ${Math.floor(minute / 60)} * * *`), timezone, tick - 1);
}
