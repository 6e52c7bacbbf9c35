/**
 * The number at an index of a list; throws a `RangeError` outside of the list. Apart from `itemAt`, because V8 boxes every
 * number of a list that is read where lists of objects are read too, in place: learning then takes twice as long.
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

function outOfRange({ length }: readonly number[], index: number): RangeError {
  return new RangeError(`Index ${index} is outside of a list of ${length}.`);
}
