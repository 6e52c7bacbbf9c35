/** The item at an index; throws a `RangeError` where the list has none there. */
export function itemAt<T>(items: ArrayLike<T>, index: number): T {
  const item = items[index];
  if (item === undefined) throw outOfRange(index, items.length);
  return item;
}

/** The number at an index of a typed array; throws a `RangeError` outside of it. */
export function numberAt(numbers: Float64Array | Int32Array | Uint8Array, index: number): number {
  const number = numbers[index];
  if (number === undefined) throw outOfRange(index, numbers.length);
  return number;
}

/** The value of that name; an own property only, as anybody may call a figure or a runner `constructor`. */
export function ownValue<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** The fields that have a value; a field of `undefined` is left out. */
export function present<T extends object>(
  fields: T,
): { readonly [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as { [Name in keyof T]?: Exclude<T[Name], undefined> };
}

function outOfRange(index: number, length: number): RangeError {
  return new RangeError(`Index ${index} is outside of a list of ${length}.`);
}
