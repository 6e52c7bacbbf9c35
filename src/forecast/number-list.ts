import { z } from 'zod';

/**
 * The schema of a list of numbers, of so many where `length` is given. The list that zod builds holds every number
 * boxed, in three times the memory, and so would all that is learned from it; the copy holds them plainly.
 */
export function numberList(length?: number): z.ZodArray<z.ZodNumber> {
  const list = z.array(z.number());
  const bounded = length === undefined ? list : list.length(length);
  return bounded.overwrite((numbers) => numbers.map((number) => number));
}

/**
 * The number at an index of a list; throws a `RangeError` outside of the list. Apart from `itemAt`, because V8 boxes
 * every number of a list that is read where lists of objects are read too, in place: learning then takes twice as long.
 */
export function numberIn(numbers: readonly number[], index: number): number {
  const number = numbers[index];
  if (number === undefined) throw outOfRange(numbers, index);
  return number;
}

/** A copy of a list with another number at an index; throws a `RangeError` outside of the list. */
export function withNumber(numbers: readonly number[], index: number, number: number): number[] {
  if (numbers[index] === undefined) throw outOfRange(numbers, index);
  const next = numbers.slice();
  next[index] = number;
  return next;
}

/** A copy of a list in which the number at an index has faded to so much of itself, and something was added to it. */
export function withFaded(
  numbers: readonly number[],
  index: number,
  memory: number,
  added: number,
): number[] {
  return withNumber(numbers, index, memory * numberIn(numbers, index) + added);
}

/** Mean at a place of a circle of sums and weights, the neighbours counted by `kernel`; shrunk to 0. */
export function meanAround(
  sums: readonly number[],
  weights: readonly number[],
  place: number,
  kernel: readonly [own: number, next: number, second: number],
  shrink: number,
): number {
  let [sum, weight] = [0, shrink];
  for (let distance = -2; distance <= 2; distance++) {
    const share = numberIn(kernel, Math.abs(distance));
    const near = (place + distance + sums.length) % sums.length;
    sum += share * numberIn(sums, near);
    weight += share * numberIn(weights, near);
  }
  return sum / weight;
}

/** A list of so many zeros. */
export function zeros(length: number): number[] {
  return new Array<number>(length).fill(0);
}

function outOfRange({ length }: readonly number[], index: number): RangeError {
  return new RangeError(`Index ${index} is outside of a list of ${length}.`);
}
