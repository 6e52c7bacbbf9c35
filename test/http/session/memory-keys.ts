import type { ExpiringKeys } from '../../../src/usecases/ports.ts';

/** Keys that are remembered for as long as the test runs. */
export function memoryKeys(): ExpiringKeys {
  const known = new Set<string>();
  return {
    async add(key) {
      const isNew = !known.has(key);
      known.add(key);
      return isNew;
    },
    has: async (key) => known.has(key),
  };
}
