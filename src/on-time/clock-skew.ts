/** GitHub's `Date` has whole seconds: the middle of that second is meant. */
const HALF_A_SECOND_MS = 500;
/** A smaller difference is of no account for minutes. */
const CORRECTED_FROM_MS = 30_000;

/** It may be wrong by half of what the answer took, which is to be less than what is corrected. */
const TELLS_WITHIN_MS = 20_000;

/** One answer: GitHub's `Date` and our times before and after, epoch ms. */
export interface ClockReading {
  readonly date: number;
  readonly sentAt: number;
  readonly receivedAt: number;
}

/**
 * By how much GitHub's clock is ahead of ours, ms, by the newest answer that came soon enough to tell; 0 without any. Older ones say
 * nothing of a clock that was set since.
 */
export function clockSkewMs(readings: readonly ClockReading[]): number {
  const newest = readings.findLast(({ sentAt, receivedAt }) => receivedAt - sentAt <= TELLS_WITHIN_MS);
  if (newest === undefined) return 0;
  return newest.date + HALF_A_SECOND_MS - (newest.sentAt + newest.receivedAt) / 2;
}

/** What to add to our time; 0 where the clocks agree well enough. A value other than 0 is to be told. */
export function clockCorrectionMs(readings: readonly ClockReading[]): number {
  const skew = clockSkewMs(readings);
  return Math.abs(skew) > CORRECTED_FROM_MS ? skew : 0;
}
