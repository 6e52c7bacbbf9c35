import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/plan/random.ts';
import { comparedWithUnchanged } from '../../src/scorecard/compared-with-unchanged.ts';
import { DIFFERENCE_ENDS, meanOverDays, SHARE_ENDS } from '../../src/scorecard/mean-over-days.ts';
import type { Series, Start } from '../../src/scorecard/starts.ts';
import { DAY_MS } from '../../src/time.ts';

/** Made repositories of each kind. At a coverage of 95 % fewer than 930 hold the true value once in 700 times. */
const REPOSITORIES = 1_000;
const LEAST_COVERED = 930;

function covered(
  interval: (seed: number) => readonly [number, number] | null | undefined,
  truth: number,
): number {
  return Array.from({ length: REPOSITORIES }, (_, seed) => interval(seed + 1)).filter(
    (found) => found != null && found[0] <= truth && found[1] >= truth,
  ).length;
}

describe('the interval of a paired difference of shares', () => {
  it.each([
    { days: 5, runs: 1 },
    { days: 10, runs: 1 },
    { days: 10, runs: 4 },
    { days: 300, runs: 1 },
  ])('has a width where all pairs agree: %o', ({ days, runs }) => {
    for (const value of [1, 0, -1]) {
      const all = Array.from({ length: days }, (_, day) => ({ day, runs, value }));
      const [lower, upper] = meanOverDays(all, { ends: DIFFERENCE_ENDS })?.interval ?? [0, 0];
      expect(upper - lower).toBeGreaterThan(1 / days);
      expect(lower).toBeGreaterThanOrEqual(-1);
      expect(upper).toBeLessThanOrEqual(1);
      expect(lower).toBeLessThanOrEqual(value);
      expect(upper).toBeGreaterThanOrEqual(value);
    }
  });

  it('says of ten of ten what ten pairs can say', () => {
    const all = Array.from({ length: 10 }, (_, day) => ({ day, runs: 1, value: 1 }));
    const [lower, upper] = meanOverDays(all, { ends: DIFFERENCE_ENDS })?.interval ?? [0, 0];
    expect(lower).toBeGreaterThan(0.4);
    expect(lower).toBeLessThan(0.6);
    expect(upper).toBe(1);
  });

  // Runs of one day share its luck, so that they are no more than one.
  it.each([
    { better: 0.98, worse: 0, days: 10, runs: 1 },
    { better: 0.98, worse: 0, days: 30, runs: 3 },
    { better: 0.9, worse: 0.05, days: 10, runs: 1 },
    { better: 0.5, worse: 0.1, days: 20, runs: 2 },
    { better: 0.03, worse: 0, days: 20, runs: 1 },
    { better: 0.02, worse: 0.9, days: 10, runs: 1 },
  ])('holds the true value in 95 of 100 repositories: %o', ({ better, worse, days, runs }) => {
    const interval = (seed: number) => {
      const random = seededRandom(seed);
      const values = Array.from({ length: days }, (_, day) => {
        const drawn = random();
        return { day, runs, value: drawn < better ? 1 : drawn < better + worse ? -1 : 0 };
      });
      return meanOverDays(values, { ends: DIFFERENCE_ENDS })?.interval;
    };
    expect(covered(interval, better - worse)).toBeGreaterThanOrEqual(LEAST_COVERED);
  });
});

describe('the interval of a share beside unchanged schedules', () => {
  const BEFORE_DAYS = 30;

  function series(
    key: string,
    changedAt: number | null,
    days: number,
    failed: (day: number) => boolean,
  ): Series {
    const starts = Array.from(
      { length: BEFORE_DAYS + days },
      (_, day): Start => ({
        tick: day * DAY_MS,
        waitMinutes: 0,
        completionMinutes: 1,
        failed: failed(day),
        billedMinutes: 1,
        overlapMinutes: 0,
        finishByKept: null,
      }),
    );
    return { key, changedAt, until: null, starts };
  }

  it.each([
    { before: 0.02, after: 0.02, days: 10 },
    { before: 0.3, after: 0.02, days: 10 },
    { before: 0.05, after: 0, days: 30 },
    { before: 0.97, after: 0.99, days: 15 },
  ])('holds the true value in 95 of 100 repositories: %o', ({ before, after, days }) => {
    const changedAt = BEFORE_DAYS * DAY_MS;
    const interval = (seed: number) => {
      const random = seededRandom(seed);
      const all = [
        series('a.yml#0', changedAt, days, (day) => random() < (day < BEFORE_DAYS ? before : after)),
        series('b.yml#0', null, days, () => false),
      ];
      const span = { from: changedAt, to: (BEFORE_DAYS + days) * DAY_MS };
      return comparedWithUnchanged(all, ({ failed }) => Number(failed), span, SHARE_ENDS)?.interval;
    };
    expect(covered(interval, after - before)).toBeGreaterThanOrEqual(LEAST_COVERED);
  });
});

describe('the interval of times', () => {
  it('is not there where all days are alike, as nothing tells how they differ', () => {
    const alike = Array.from({ length: 10 }, (_, day) => ({ day, runs: 1, value: 0.1 + 0.2 }));
    expect(meanOverDays(alike)).toMatchObject({ interval: null, runs: 10, days: 10 });
    expect(meanOverDays([...alike, { day: 10, runs: 1, value: 1 }])?.interval).not.toBeNull();
  });
});
