import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyLatenessPool,
  type LatenessPool,
  updatePool,
  updatePoolMissed,
} from '../../src/forecast/lateness-pool.ts';
import { applyLatenessPoolChange, latenessPoolChange } from '../../src/forecast/lateness-pool-change.ts';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-11-02T00:00:00Z');

interface Lesson {
  readonly hour: number;
  readonly value: number;
  readonly newAtHour: boolean;
  readonly missed: boolean;
}

const lesson: fc.Arbitrary<Lesson> = fc.record({
  hour: fc.integer({ min: 0, max: 200 }),
  value: fc.double({ min: 0, max: 6, noNaN: true }),
  newAtHour: fc.boolean(),
  missed: fc.boolean(),
});

function learn(pool: LatenessPool, { hour, value, newAtHour, missed }: Lesson): LatenessPool {
  const tick = START + hour * HOUR_MS;
  const knownAt = tick + HOUR_MS;
  if (missed) return updatePoolMissed(pool, tick);
  return updatePool(pool, { tick, knownAt, value, newAtHour, deviation: value / 10, surprise: value / 20 });
}

function learned(pool: LatenessPool, lessons: readonly Lesson[]): LatenessPool {
  return lessons.reduce(learn, pool);
}

describe('a change of the lateness pool', () => {
  it('is nothing where nothing was learned', () => {
    const pool = learned(emptyLatenessPool(), [{ hour: 3, value: 2, newAtHour: true, missed: false }]);
    expect(latenessPoolChange(pool, structuredClone(pool))).toBeNull();
  });

  it('gives what was learned, to the last bit, when added to what it was made from', () => {
    fc.assert(
      fc.property(fc.array(lesson), fc.array(lesson, { minLength: 1 }), (before, lessons) => {
        const pool = learned(emptyLatenessPool(), before);
        const after = learned(pool, lessons);
        const change = latenessPoolChange(pool, after);
        const applied = change === null ? pool : applyLatenessPoolChange(pool, change);
        expect(applied).toEqual(after);
      }),
    );
  });

  it('loses no observation of workers that learn side by side, whoever is first', () => {
    fc.assert(
      fc.property(fc.array(fc.array(lesson, { maxLength: 6 }), { maxLength: 5 }), (workers) => {
        const base = emptyLatenessPool();
        const changes = workers.map((lessons) => latenessPoolChange(base, learned(base, lessons)));
        const seen = workers.flat().filter(({ missed }) => !missed);
        const merge = (order: typeof changes): LatenessPool =>
          order.filter((change) => change !== null).reduce(applyLatenessPoolChange, base);
        const pool = merge(changes);
        expect(pool.count).toBe(seen.length);
        expect(pool.hourSchedules.reduce((sum, each) => sum + each, 0)).toBe(
          seen.filter(({ newAtHour }) => newAtHour).length,
        );
        expect(merge(changes.toReversed()).level).toBeCloseTo(pool.level, 9);
      }),
    );
  });
});
