import { InvalidArgumentError } from 'commander';

/** Parses the value of a flag that takes a whole number from 1 to 9999. Throws commander's error for anything else. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Write a whole number, 1–9999.');
  return Number(text);
}
