import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunningTime } from '../../../src/proposal/verdict/shared-minutes.ts';

const minute = 60_000;

describe('running time', () => {
  it('equals a plain sum over all runs', () => {
    const run = fc
      .tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 90 }))
      .map(([start, length]) => ({ startedAt: start * minute, endedAt: (start + length) * minute }));
    fc.assert(
      fc.property(fc.array(run, { maxLength: 30 }), run, (runs, { startedAt, endedAt }) => {
        const sum = runs.reduce(
          (total, other) =>
            total +
            Math.max(0, Math.min(other.endedAt, endedAt) - Math.max(other.startedAt, startedAt)) / minute,
          0,
        );
        expect(new RunningTime(runs).minutesBetween(startedAt, endedAt)).toBeCloseTo(sum, 6);
      }),
    );
  });

  it('leaves out runs that have not ended', () => {
    expect(new RunningTime([{ startedAt: 0, endedAt: null }]).minutesBetween(0, minute)).toBe(0);
  });
});
