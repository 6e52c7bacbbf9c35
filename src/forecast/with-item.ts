/** A copy of a list with another number at an index; throws a `RangeError` outside of the list. */
export function withItem(numbers: readonly number[], index: number, number: number): number[] {
  if (!(index in numbers)) {
    throw new RangeError(`Index ${index} is outside of a list of ${numbers.length}.`);
  }
  const next = numbers.slice();
  next[index] = number;
  return next;
}
