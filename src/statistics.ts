/** Standard normal scores of the points that models and intervals here use: `Z90` is the score of the 90 % point. */
export const Z75 = 0.674;
export const Z80 = 0.842;
export const Z90 = 1.2816;
export const Z95 = 1.645;
export const Z975 = 1.96;

/** The value, cut off at `limit` on either side of 0. */
export function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}

/** Arithmetic mean; 0 of no values. Sums from the first value to the last, so that results repeat to the last bit. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let place = 0; place < values.length; place += 1) sum += values[place] ?? 0;
  return values.length === 0 ? 0 : sum / values.length;
}

/** Middle value, or the mean of the two middle values; 0 of no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Unbiased variance of a sample; 0 of fewer than two values. */
export function sampleVariance(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}
