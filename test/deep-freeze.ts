/** The same value; whoever changes it, or anything in it, gets a `TypeError`. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  // Typed arrays cannot be frozen.
  if (!ArrayBuffer.isView(value)) Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}
