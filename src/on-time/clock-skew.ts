/** GitHub's `Date` has whole seconds: the middle of that second is meant. */
const HALF_A_SECOND_MS = 500;
/** A smaller difference is of no account for minutes. */
const CORRECTED_FROM_MS = 30_000;

/** One answer: GitHub's `Date` and our times before and after, epoch ms. */
export interface ClockReading {
  readonly date: number;
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** By how much GitHub's clock is ahead of ours, ms: the median of some readings; 0 without any. */
export function clockSkewMs(readings: readonly ClockReading[]): number {
  const skews = readings
    .map(({ date, sentAt, receivedAt }) => date + HALF_A_SECOND_MS - (sentAt + receivedAt) / 2)
    .sort((a, b) => a - b);
  return skews[Math.floor(skews.length / 2)] ?? 0;
}

/** What to add to our time; 0 where the clocks agree well enough. A value other than 0 is to be told. */
export function clockCorrectionMs(readings: readonly ClockReading[]): number {
  const skew = clockSkewMs(readings);
  return Math.abs(skew) > CORRECTED_FROM_MS ? skew : 0;
}
