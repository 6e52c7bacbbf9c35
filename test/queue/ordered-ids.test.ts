import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OrderedIds, sequenceOf } from '../../src/queue/pg-boss/ordered-ids.ts';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('ordered ids', () => {
  it('sort in the order they were given, whatever the clock does', () => {
    const times = fc.array(fc.integer({ min: 0, max: Date.parse('2199-01-01') }), { minLength: 2 });
    fc.assert(
      fc.property(times, (instants) => {
        let at = 0;
        const ids = new OrderedIds(() => instants[Math.min(at++, instants.length - 1)] ?? 0);
        const given = instants.map(() => ids.next());
        expect(given.map(({ uuid }) => uuid).toSorted()).toEqual(given.map(({ uuid }) => uuid));
        for (const { uuid, sequence } of given) {
          expect(uuid).toMatch(UUID_V7);
          expect(sequenceOf(uuid)).toBe(sequence);
          expect(Number.isSafeInteger(sequence)).toBe(true);
        }
      }),
    );
  });

  it('stay apart within one millisecond, however many', () => {
    const ids = new OrderedIds(() => 1_700_000_000_000);
    const given = Array.from({ length: 10_000 }, () => ids.next().sequence);
    expect(new Set(given).size).toBe(10_000);
    expect(given.toSorted((a, b) => a - b)).toEqual(given);
  });
});
