/**
 * A mean difference as far as it is no chance: 0 where it is within `threshold` standard errors (`variance` is that of
 * the mean), else drawn to 0 by the positive-part rule (James and Stein 1961, "Estimation with quadratic loss").
 */
export function provenEffect(mean: number, variance: number, threshold: number): number {
  const least = threshold * threshold * variance;
  return mean * mean <= least ? 0 : mean - least / mean;
}
