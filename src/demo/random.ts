import { normalDraw } from '../plan/random.ts';

/** Uniform numbers in [0, 1). */
export type Random = () => number;

/** A lognormal draw with the given median; `spread` is the standard deviation of its logarithm. */
export function lognormal(random: Random, median: number, spread: number): number {
  return median * Math.exp(spread * normalDraw(random));
}

/** `length` hexadecimal digits, as in a commit's name. */
export function hexadecimal(random: Random, length: number): string {
  let digits = '';
  while (digits.length < length) digits += Math.floor(random() * 16).toString(16);
  return digits;
}
