import { parseCron } from '../cron/parse.ts';
import { nextTick } from '../cron/ticks.ts';
import type { DueTick } from './progress.ts';

/** A tick in line, with the instant (epoch ms) by which its run has to be done; `null` where nobody has said. */
export interface InLine {
  readonly due: DueTick;
  readonly finishBy: number | null;
}

/** Earliest deadline first; those without one after those with one, by their tick. */
export function compareInLine(one: InLine, other: InLine): number {
  const deadline = ({ finishBy }: InLine): number => finishBy ?? Number.POSITIVE_INFINITY;
  const [first, second] = [deadline(one), deadline(other)];
  if (first !== second) return first < second ? -1 : 1;
  return one.due.tick - other.due.tick || (one.due.path < other.due.path ? -1 : 1);
}

/** GitHub asks for a second between the writes of an installation. */
export const BETWEEN_REQUESTS_MS = 1_000;
const A_MINUTE_MS = 60_000;

/**
 * Those of an ordered line that are asked for later than a minute after their turn, as one request a second is sent.
 */
export function laterThanAMinute<T>(line: readonly T[]): readonly T[] {
  return line.slice(A_MINUTE_MS / BETWEEN_REQUESTS_MS);
}

/** The instant of a minute of the local day at or after a tick, epoch ms; `null` where the zone has none. */
export function finishByAt(tick: number, minute: number, timezone: string): number | null {
  return nextTick(parseCron(`${minute % 60} ${Math.floor(minute / 60)} * * *`), timezone, tick - 1);
}
