import { isDeepStrictEqual } from 'node:util';

/** Path and values of the first place at which two values differ. */
export function firstDifference(found: unknown, expected: unknown, path = ''): string {
  if (typeof found === 'object' && typeof expected === 'object' && found !== null && expected !== null) {
    const left = new Map(Object.entries(found));
    const right = new Map(Object.entries(expected));
    for (const key of new Set([...left.keys(), ...right.keys()])) {
      if (!isDeepStrictEqual(left.get(key), right.get(key)))
        return firstDifference(left.get(key), right.get(key), `${path}/${key}`);
    }
  }
  return `${path}: ${JSON.stringify(found)?.slice(0, 120)} instead of ${JSON.stringify(expected)?.slice(0, 120)}`;
}
