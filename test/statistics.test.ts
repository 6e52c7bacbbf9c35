import * as peer from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { mean, median, sampleVariance, Z75, Z80, Z90, Z95, Z975 } from '../src/statistics.ts';

describe('statistics', () => {
  it.each([
    [0.75, Z75],
    [0.8, Z80],
    [0.9, Z90],
    [0.95, Z95],
    [0.975, Z975],
  ])('has the normal score of the point %d', (probability, score) => {
    expect(peer.cumulativeStdNormalProbability(score)).toBeCloseTo(probability, 2);
  });

  it.each([[[3, 1, 2]], [[4, 1, 2, 8]], [[0.1, 0.2, 0.3, -5]]])('agrees with its peer on %j', (values) => {
    expect(mean(values)).toBeCloseTo(peer.mean(values), 12);
    expect(median(values)).toBeCloseTo(peer.median(values), 12);
    expect(sampleVariance(values)).toBeCloseTo(peer.sampleVariance(values), 12);
  });

  it('is 0 where there are too few values', () => {
    expect([mean([]), median([]), sampleVariance([]), sampleVariance([7])]).toEqual([0, 0, 0, 0]);
  });

  it('leaves the values in their order', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});
