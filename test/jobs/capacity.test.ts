import { describe, expect, it } from 'vitest';
import { capacityOf, weeksUntilLimit } from '../../src/jobs/capacity.ts';
import { type LabelUse, newLabelUse, updateLabelUse } from '../../src/jobs/label-use.ts';
import type { ObservedJob } from '../../src/jobs/observed-job.ts';
import { DAY_MS, WEEK_MS } from '../../src/time.ts';
import { MONDAY, observed } from './observed.ts';

const WEEK_SECONDS = 7 * 86_400;
const useOf = (jobs: readonly ObservedJob[]): LabelUse => jobs.reduce(updateLabelUse, newLabelUse());

/** Every Monday 03:00, so many jobs of half an hour that waited so long. */
const mondays = (weeks: number, jobsIn: (week: number) => number, waited = 20) =>
  useOf(
    Array.from({ length: weeks }, (_, week) =>
      Array.from({ length: jobsIn(week) }, (_, place) =>
        observed(1_000 * week + place, { at: week * WEEK_SECONDS + 3 * 3_600, waited, worked: 1_800 }),
      ),
    ).flat(),
  );
const afterWeeks = (weeks: number): number => MONDAY + weeks * WEEK_MS - DAY_MS;

describe('what is said of runners', () => {
  it('tells jobs in progress and their waits by hour of the week', () => {
    const capacity = capacityOf(
      mondays(6, () => 4),
      afterWeeks(6),
    );
    expect(capacity.hours[0]).toMatchObject({ hour: 3 });
    expect(capacity.hours[0]?.busy).toBeCloseTo(2, 0);
    expect(capacity.jobsPerWeek).toBeCloseTo(4, 0);
    expect(capacity.minutesPerWeek).toBeCloseTo(120, -1);
    expect(capacity.waitP90Seconds).toBeGreaterThan(15);
    expect(capacity.waitP90Seconds).toBeLessThanOrEqual(30);
  });

  it('tells no wait where hardly any job was seen', () => {
    expect(
      capacityOf(
        mondays(1, () => 2),
        afterWeeks(1),
      ).waitP90Seconds,
    ).toBeNull();
  });

  it('finds growth, and the week in which demand passes the limit', () => {
    const growing = mondays(9, (week) => Math.round(8 * 1.15 ** week));
    const { trend } = capacityOf(growing, afterWeeks(10));
    expect(trend?.factor).toBeCloseTo(1.15, 1);
    expect(trend?.low).toBeGreaterThan(1);
    const weeks = weeksUntilLimit([growing], 16, afterWeeks(10));
    expect(weeks).toBeGreaterThan(0);
    expect(weeks).toBeLessThan(8);
  });

  it('adds up what shares one limit', () => {
    const steady = mondays(9, (week) => 16 + (week % 2));
    expect(weeksUntilLimit([steady], 18, afterWeeks(10))).toBeNull();
    expect(weeksUntilLimit([steady, steady], 18, afterWeeks(10))).toBe(0);
    // Two halves grow as the whole does.
    const half = mondays(9, (week) => Math.round(4 * 1.15 ** week));
    const whole = mondays(9, (week) => 2 * Math.round(4 * 1.15 ** week));
    expect(weeksUntilLimit([half, half], 16, afterWeeks(10))).toBe(
      weeksUntilLimit([whole], 16, afterWeeks(10)),
    );
  });

  it('sees no end where nothing grows, and says that it is here where it is', () => {
    const steady = mondays(9, (week) => 8 + (week % 2));
    expect(weeksUntilLimit([steady], 40, afterWeeks(10))).toBeNull();
    expect(weeksUntilLimit([steady], 3, afterWeeks(10))).toBe(0);
  });
});
