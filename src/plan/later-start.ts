/**
 * The delay of a run after a move by `shiftMinutes`, as the planner counts it. `here` is the delay in minutes after
 * today's tick, `there` the delay after the new one. A later tick alone makes the delay shorter. So at a later tick,
 * less delay counts only as far as the run starts earlier by the clock.
 */
export function countedWait(there: number, here: number, shiftMinutes: number): number {
  return Math.max(there, Math.min(here, there + Math.max(0, shiftMinutes)));
}

/** Cost of a minute's later start, in minutes of delay: people asked for the time that they wrote. */
const LATER_SHARE = 0.1;

/**
 * Cost of a later start by the clock after a move by `shiftMinutes`, in minutes of delay. Minutes that the delay grows
 * by are left out: `countedWait` has them.
 */
export function costOfLaterStart(there: number, here: number, shiftMinutes: number): number {
  return LATER_SHARE * Math.max(0, Math.min(shiftMinutes, there + shiftMinutes - here));
}

/** The delay that counts, plus the cost of a later start: of two equal times, the one nearer to today's start wins. */
export function costOfWait(there: number, here: number, shiftMinutes: number): number {
  return countedWait(there, here, shiftMinutes) + costOfLaterStart(there, here, shiftMinutes);
}
