/**
 * Minutes to the start, as they count after a move by `shiftMinutes`; `there` and `here` count from the new tick and
 * from today's. A later tick makes the delay less by itself: less delay there counts only as far as the run starts
 * earlier by the clock.
 */
export function countedWait(there: number, here: number, shiftMinutes: number): number {
  return Math.max(there, Math.min(here, there + Math.max(0, shiftMinutes)));
}
