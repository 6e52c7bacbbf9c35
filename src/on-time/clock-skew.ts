/** GitHub's `Date` has whole seconds; the middle of the second is the best estimate. */
const HALF_A_SECOND_MS = 500;
/** A smaller difference does not matter, as ticks are minutes apart. */
const CORRECTED_FROM_MS = 30_000;

/** Longest answer whose `Date` counts. Half of it, by which the skew may be wrong, is too little to correct. */
const LONGEST_ANSWER_MS = 20_000;

/** One answer: GitHub's `Date` and our times before and after, epoch ms. */
export interface ClockReading {
  readonly date: number;
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** The newest answers, oldest first; `null` where our clock was set and none has come since then. */
export type ClockReadings = readonly ClockReading[] | null;

/**
 * Milliseconds to add to our time to get GitHub's; 0 where the clocks agree well enough. The newest answer that an
 * earlier one confirms counts: a single `Date` may come from a proxy between GitHub and us.
 */
export function clockCorrectionMs(readings: ClockReadings): number {
  const skews = usableSkews(readings ?? []);
  const confirmed = skews.findLast((skew, at) => skews.slice(0, at).some((other) => agree(skew, other))) ?? 0;
  return Math.abs(confirmed) > CORRECTED_FROM_MS ? confirmed : 0;
}

/** Whether our clock was set, or the newest answer disagrees with the correction: another one is then needed. */
export function isClockInDoubt(readings: ClockReadings): boolean {
  if (readings === null) return true;
  const newest = usableSkews(readings).at(-1);
  return newest !== undefined && !agree(newest, clockCorrectionMs(readings));
}

/** How far GitHub's clock is ahead of ours, ms, by each answer that was quick enough to count. */
function usableSkews(readings: readonly ClockReading[]): readonly number[] {
  return readings
    .filter(({ sentAt, receivedAt }) => receivedAt - sentAt <= LONGEST_ANSWER_MS)
    .map(({ date, sentAt, receivedAt }) => date + HALF_A_SECOND_MS - (sentAt + receivedAt) / 2);
}

function agree(one: number, other: number): boolean {
  return Math.abs(one - other) <= CORRECTED_FROM_MS;
}
