import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeenKeys } from '../../src/queue/seen-keys.ts';

describe('seen keys', () => {
  it('are the newest, first in, first out, without those forgotten', () => {
    const step = fc.record({ key: fc.nat({ max: 30 }).map(String), forgets: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 12 }), (steps, limit) => {
        const seen = new SeenKeys(limit);
        // Places in the order in which they were taken: one that is forgotten stays empty until its turn comes.
        let places: (string | null)[] = [];
        for (const { key, forgets } of steps) {
          if (forgets) {
            seen.forget([key]);
            places = places.map((each) => (each === key ? null : each));
          } else {
            seen.add([key]);
            if (!places.includes(key)) places = [...places, key].slice(-limit);
          }
          for (let other = 0; other <= 30; other += 1)
            expect(seen.hasAny([String(other)])).toBe(places.includes(String(other)));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('tell where any of several is known', () => {
    const seen = new SeenKeys();
    seen.add(['delivery-1', 'run:1:1']);
    expect(seen.hasAny(['delivery-2', 'run:1:1'])).toBe(true);
    expect(seen.hasAny(['delivery-2', 'run:1:2'])).toBe(false);
  });
});
