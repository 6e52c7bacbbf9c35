import { describe, expect, it } from 'vitest';
import { costOfLaterStart, costOfWait } from '../../src/plan/later-start.ts';

describe('what a wait costs', () => {
  it('is less at the nearer of two later times with the same delay', () => {
    expect(costOfWait(60, 60, 30)).toBeLessThan(costOfWait(60, 60, 120));
    expect(costOfWait(60, 60, 30)).toBeGreaterThan(60);
  });

  it('is the delay itself at an earlier time, and at a later one from which runs start earlier', () => {
    expect(costOfWait(40, 60, -30)).toBe(40);
    expect(costOfWait(10, 60, 30)).toBe(40);
  });
});

describe('the cost of a later start', () => {
  it.each([
    ['an hour later with the same delay', 60, 60, 60, 6],
    ['half an hour later, as half an hour less delay is there', 30, 60, 60, 3],
    ['not later, as the delay is so much less', 0, 90, 60, 0],
    ['later and with more delay, which counts by itself', 90, 60, 60, 6],
    ['earlier', 60, 60, -60, 0],
  ])('%s', (_, there, here, shift, cost) => {
    expect(costOfLaterStart(there, here, shift)).toBeCloseTo(cost, 9);
  });
});
