import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalShare, quantileAtScore, shareBelow } from '../../src/forecast/quantile.ts';
import { around } from '../plan/fixtures.ts';

describe('quantiles', () => {
  it('meet the five that are known', () => {
    const known = around(100, 3);
    expect(quantileAtScore(known, -1.645)).toBeCloseTo(known.q05, 6);
    expect(quantileAtScore(known, 0)).toBeCloseTo(100, 6);
    expect(quantileAtScore(known, 1.645)).toBeCloseTo(known.q95, 6);
  });

  it('grow with the score and are inverted by the share below', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 30, max: 1e5, noNaN: true }),
        fc.double({ min: 1.05, max: 4, noNaN: true }),
        fc.double({ min: -2.2, max: 2.2, noNaN: true }),
        (median, spread, score) => {
          const quantiles = around(median, spread);
          const value = quantileAtScore(quantiles, score);
          expect(quantileAtScore(quantiles, score + 0.1)).toBeGreaterThanOrEqual(value);
          expect(shareBelow(quantiles, value)).toBeCloseTo(normalShare(score), 3);
        },
      ),
    );
  });

  it('never fall below nothing, even where a forecast does', () => {
    expect(quantileAtScore({ q05: -3, q25: -1, q50: 0, q75: 1, q95: 2 }, -2)).toBe(0);
  });
});
