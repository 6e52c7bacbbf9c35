import { mean, sampleVariance } from '../statistics.ts';

/** Terms of the continued fraction; it converges to double precision in far fewer for the arguments used here. */
const MOST_TERMS = 200;
const PRECISION = 1e-12;
/** Lanczos coefficients for the logarithm of the gamma function (g = 5, n = 6; Numerical Recipes § 6.1). */
const LANCZOS = [
  76.18009172947146, -86.50532032941678, 24.01409824083091, -1.231739572450155, 0.001208650973866179,
  -0.000005395239384953,
] as const;

function logGamma(x: number): number {
  const tall = x + 5.5;
  const series = LANCZOS.reduce((sum, term, at) => sum + term / (x + 1 + at), 1.000000000190015);
  return -(tall - (x + 0.5) * Math.log(tall)) + Math.log((2.5066282746310007 * series) / x);
}

/** Regularised incomplete beta function by Lentz's continued fraction. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x));
  const safe = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value);
  let c = 1;
  let d = 1 / safe(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= MOST_TERMS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / safe(1 + even * d);
    c = safe(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / safe(1 + odd * d);
    c = safe(1 + odd / c);
    const factor = d * c;
    fraction *= factor;
    if (Math.abs(factor - 1) < PRECISION) break;
  }
  return (front * fraction) / a;
}

/** P(T > t) for Student's t with `freedom` degrees of freedom. */
export function studentTail(t: number, freedom: number): number {
  const half = incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  return t >= 0 ? half : 1 - half;
}

/** Half the width, in standard errors, of a 95 % interval for a mean with `freedom` degrees of freedom. */
export function studentBound(freedom: number): number {
  let [low, high] = [1.9, 13];
  // The tail falls as t rises; forty halvings leave less than any figure that is shown.
  for (let turn = 0; turn < 40; turn += 1) {
    const middle = (low + high) / 2;
    if (studentTail(middle, freedom) > 0.025) low = middle;
    else high = middle;
  }
  return high;
}

/** One-sided p-value that a pair sample's values have no positive mean; 1 of fewer than two, or of zeros. */
export function pairedP(differences: readonly number[]): number {
  const n = differences.length;
  if (n < 2) return 1;
  const centre = mean(differences);
  const variance = sampleVariance(differences);
  if (variance === 0) return centre > 0 ? 0 : 1;
  return studentTail(centre / Math.sqrt(variance / n), n - 1);
}
