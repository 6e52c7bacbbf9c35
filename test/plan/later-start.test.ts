import { describe, expect, it } from 'vitest';
import { costOfWait, laterByTheClock } from '../../src/plan/later-start.ts';

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

describe('a later start', () => {
  it.each([
    ['the same delay at a time an hour later', 60, 60, 60, 60],
    ['half an hour less delay there', 30, 60, 60, 30],
    ['so much less that runs start earlier', 0, 90, 60, 0],
    ['more delay, which is counted by itself', 90, 60, 60, 60],
    ['an earlier time', 60, 60, -60, -60],
  ])('with %s', (_, there, here, shift, later) => {
    expect(laterByTheClock(there, here, shift)).toBe(Math.max(0, later));
  });
});
