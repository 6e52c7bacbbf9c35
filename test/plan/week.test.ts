import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCron } from '../../src/cron/parse.ts';
import { neverFires, nextTick } from '../../src/cron/ticks.ts';
import { planSchedules } from '../../src/plan/plan.ts';
import { type WeeklyTicks, weeklyTicks } from '../../src/plan/week.ts';
import { anyCron, plainCron } from '../cron/arbitrary.ts';
import { sampledRuns } from '../sampled.ts';
import { DAY_MS, inputOf, NOW, scheduleOf } from './fixtures.ts';

const HOUR_MS = 3_600_000;
const YEAR_MS = 366 * DAY_MS;

/** Any minute of a year. */
const instant = fc.integer({ min: 0, max: YEAR_MS / 60_000 }).map((minute) => NOW + minute * 60_000);

const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Tokyo', 'America/Los_Angeles', 'Asia/Kathmandu');

function minutesOf({ patterns }: WeeklyTicks): number[][] {
  return patterns.map(({ minutes }) => [...minutes]);
}

function isAscending(minutes: readonly number[]): boolean {
  return minutes.every((minute, index) => index === 0 || minute > (minutes[index - 1] ?? minute));
}

describe('weeklyTicks', () => {
  it.each([
    ['0 6,20 * 1-3,11-12 *', 'UTC', [360, 1200]],
    ['0 6,20 28 * *', 'UTC', [360, 1200]],
    ['0 6,20 28 * *', 'Asia/Tokyo', [660, 1260]],
    ['0 */6 1,15 * *', 'UTC', [0, 360, 720, 1080]],
  ])('has all ticks of a day of %s (%s) in order at each hour of the year', (cron, timezone, minutes) => {
    const schedule = scheduleOf('a.yml', cron, { timezone });
    for (let now = NOW; now < NOW + YEAR_MS; now += 5 * HOUR_MS) {
      expect(minutesOf(weeklyTicks(schedule, now))).toEqual([minutes]);
    }
  });

  it('counts a month of two ticks alike before, between and after them', () => {
    const schedule = scheduleOf('a.yml', '0 6,20 28 * *');
    const at = Date.UTC(2026, 8, 28);
    const perWeek = [5, 13, 21].map((hour) => {
      const { count, weight } = weeklyTicks(schedule, at + hour * HOUR_MS);
      return count * weight;
    });
    expect(perWeek).toEqual([24 / 52, 24 / 52, 24 / 52]);
  });

  it('has sorted minutes of the day and a finite weight, whatever the cron, the timezone and the instant', () => {
    fc.assert(
      fc.property(fc.oneof(anyCron, plainCron), zone, instant, (cron, timezone, now) => {
        const ticks = weeklyTicks(scheduleOf('a.yml', cron, { timezone, candidates: [] }), now);
        for (const minutes of minutesOf(ticks)) {
          expect(isAscending(minutes)).toBe(true);
          expect(minutes.every((minute) => minute >= 0 && minute < 1440)).toBe(true);
        }
        const counted = ticks.patterns.reduce(
          (sum, { dayCount, minutes }) => sum + dayCount * minutes.length,
          0,
        );
        expect(counted).toBe(ticks.count);
        const fires = nextTick(parseCron(cron), timezone, now) !== null;
        expect(ticks.count > 0 && ticks.weight > 0).toBe(fires);
        // Fifty-two weeks from a day in summer time may hold the repeated hour, and not the skipped one.
        expect(ticks.weight).toBeLessThan(1.001);
      }),
      sampledRuns(20_000, 1_500),
    );
  });
});

describe('a plan', () => {
  it('is made for any cron beside any other at any instant of the year', () => {
    fc.assert(
      fc.property(fc.oneof(anyCron, plainCron), plainCron, zone, instant, (one, other, timezone, now) => {
        fc.pre(!neverFires(parseCron(one)) && !neverFires(parseCron(other)));
        const schedules = [scheduleOf('a.yml', one, { timezone }), scheduleOf('b.yml', other)];
        const plan = planSchedules({ ...inputOf(schedules), now }, 1);
        expect(plan.schedules).toHaveLength(2);
      }),
      sampledRuns(600, 60),
    );
  });
});
