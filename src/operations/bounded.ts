import { z } from 'zod';

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): z.ZodNumber {
  return z.number().int().min(least).max(most);
}

/** A text that is not empty, of at most `most` characters. */
export function boundedText(most: number): z.ZodString {
  return z.string().min(1).max(most);
}
