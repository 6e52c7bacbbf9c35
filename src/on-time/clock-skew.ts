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

/** The newest answers, oldest first; `null` where our clock was set and none has come since then. */
export type ClockReadings = readonly ClockReading[] | null;

/**
 * What to add to our time, ms, so that it is GitHub's; 0 where the clocks agree well enough. A value other than 0 is to
 * be told. The newest answer counts that another one confirms: a single `Date` may come from something between GitHub
 * and us. Older answers say nothing of a clock that was set since.
 */
export function clockCorrectionMs(readings: ClockReadings): number {
  const skews = tellingSkews(readings ?? []);
  const confirmed = skews.findLast((skew, at) => skews.slice(0, at).some((other) => agree(skew, other))) ?? 0;
  return Math.abs(confirmed) > CORRECTED_FROM_MS ? confirmed : 0;
}

/**
 * Whether the newest answer tells another time than is gone by, or our clock was set: one more answer will show which
 * is right.
 */
export function isClockInDoubt(readings: ClockReadings): boolean {
  if (readings === null) return true;
  const newest = tellingSkews(readings).at(-1);
  return newest !== undefined && !agree(newest, clockCorrectionMs(readings));
}

/** By how much GitHub's clock is ahead of ours, ms, by each answer that came soon enough to tell. */
function tellingSkews(readings: readonly ClockReading[]): readonly number[] {
  return readings
    .filter(({ sentAt, receivedAt }) => receivedAt - sentAt <= TELLS_WITHIN_MS)
    .map(({ date, sentAt, receivedAt }) => date + HALF_A_SECOND_MS - (sentAt + receivedAt) / 2);
}

function agree(one: number, other: number): boolean {
  return Math.abs(one - other) <= CORRECTED_FROM_MS;
}
