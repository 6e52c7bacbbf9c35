/**
 * Minutes to the start, as they count after a move by `shiftMinutes`; `there` and `here` count from the new tick and
 * from today's. A later tick makes the delay less by itself: less delay there counts only as far as the run starts
 * earlier by the clock.
 */
export function countedWait(there: number, here: number, shiftMinutes: number): number {
  return Math.max(there, Math.min(here, there + Math.max(0, shiftMinutes)));
}

/** What a minute of a later start costs, in minutes of delay: people asked for the time that was written. */
const LATER_SHARE = 0.1;

/**
 * What a later start by the clock costs after a move by `shiftMinutes`, beyond what a run is delayed more, in minutes
 * of delay.
 */
export function costOfLaterStart(there: number, here: number, shiftMinutes: number): number {
  return LATER_SHARE * Math.max(0, Math.min(shiftMinutes, there + shiftMinutes - here));
}

/** `countedWait`, and what a later start costs: of two times that bring the same, the one nearer to today's start. */
export function costOfWait(there: number, here: number, shiftMinutes: number): number {
  return countedWait(there, here, shiftMinutes) + costOfLaterStart(there, here, shiftMinutes);
}
