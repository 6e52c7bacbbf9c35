import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CandidateLimits, candidatesAround, candidatesOf, reachOf } from '../../src/cron/candidates.ts';
import { isInWindow, minutesWithinLimits } from '../../src/cron/limits.ts';
import { fieldTexts, parseCron } from '../../src/cron/parse.ts';
import { shapeOf } from '../../src/cron/shape.ts';
import { ticksBetween } from '../../src/cron/ticks.ts';
import { localMinuteOfDay, utcOffsetMinutes } from '../../src/cron/timezone.ts';
import { sampledRuns } from '../sampled.ts';
import { anyCron, plainCron } from './arbitrary.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** More would only cost the planner time. */
const MOST_CANDIDATES = 400;

function crons(text: string, timezone = 'UTC', limits: CandidateLimits = {}): string[] {
  return candidatesOf(parseCron(text), timezone, limits).map((candidate) => candidate.cron);
}

function shifts(text: string, timezone = 'UTC', limits: CandidateLimits = {}): number[] {
  return candidatesOf(parseCron(text), timezone, limits)
    .map((candidate) => candidate.shiftMinutes)
    .toSorted((a, b) => a - b);
}

const clock = (time: string): number => {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
};

describe('candidatesOf', () => {
  it.each([
    ['*/15 * * * *', '7-59/15 * * * *'],
    ['0 */6 * * *', '23 1-23/6 * * *'],
    ['0 0 * * *', '17 2 * * *'],
    ['0 0 * * MON', '23 1 * * MON'],
    ['0 9 * * 1-5', '53 8 * * 1-5'],
    ['0 9-17 * * 1-5', '50 8-16 * * 1-5'],
    ['0,30 * * * *', '7,37 * * * *'],
    ['30 04 1,15 * *', '37 04 1,15 * *'],
    ['0 0 1 */3 *', '7 2 1 */3 *'],
  ])('of %s holds %s', (text, expected) => {
    expect(crons(text)).toContain(expected);
  });

  it.each([
    ['daily: three hours', '0 12 * * *', -177, 177],
    ['four times a day: a quarter of six hours', '0 2-20/6 * * *', -87, 87],
    ['four times a day from midnight: only forward', '0 */6 * * *', 3, 87],
    ['hourly: a quarter of the hour', '20 * * * *', -15, 15],
    ['every 15 minutes: all phases', '*/15 * * * *', -7, 7],
    ['for people: a quarter of an hour', '0 10 * * 1-5', -15, 15],
    ['Monday at midnight: only forward', '0 0 * * 1', 3, 177],
    ['late on the last: only back', '40 23 31 * *', -180, 17],
  ])('goes by default as far as its shape allows (%s)', (_, text, first, last) => {
    const all = shifts(text);
    expect([all[0], all.at(-1)]).toEqual([first, last]);
  });

  it.each([
    ['both day fields restricted', '0 0 1 * 1'],
    ['one of them by a star with a step', '0 0 */2 * 1'],
    ['a day that never comes', '0 0 30 2 *'],
    ['every minute', '* * * * *'],
    ['every minute of an hour', '* 3 * * *'],
  ])('is empty for %s', (_, text) => {
    expect(crons(text, 'UTC', { maxShiftMinutes: 300 })).toEqual([]);
  });

  it('takes a written limit at its word, shorter or longer', () => {
    expect(shifts('0 10 * * 1-5', 'UTC', { maxShiftMinutes: 0 })).toEqual([]);
    expect(shifts('0 12 * * *', 'UTC', { maxShiftMinutes: 5 })).toEqual([-5, -4, -3, -2, -1, 1, 2, 3, 4, 5]);
    expect(shifts('0 12 * * *', 'UTC', { maxShiftMinutes: 300 }).at(-1)).toBe(297);
  });

  it('stays in a window over midnight', () => {
    const window = { fromMinute: clock('22:00'), toMinute: clock('01:00') };
    const limits = { window, allowDayChange: true };
    const found = candidatesOf(parseCron('30 23 * * *'), 'UTC', limits).map(
      ({ cron }) => parseCron(cron).dayMinutes[0] ?? 0,
    );
    expect(found.length).toBeGreaterThan(20);
    expect(found.every((minute) => minute >= clock('22:00') || minute < clock('01:00'))).toBe(true);
    expect(found.some((minute) => minute < clock('01:00'))).toBe(true);
  });

  it('lets finish-by lift the default, not a written limit', () => {
    const finishByMinute = clock('07:00');
    expect(crons('0 12 * * *', 'UTC', { finishByMinute })).toContain('23 1 * * *');
    expect(crons('0 12 * * *', 'UTC', { finishByMinute, maxShiftMinutes: 120 })).toEqual([]);
    expect(crons('0 12 * * *', 'UTC', { finishByMinute, maxShiftMinutes: 330 })).toContain('43 6 * * *');
    expect(
      crons('0 12 * * *', 'UTC', { window: { fromMinute: clock('01:00'), toMinute: clock('05:00') } }),
    ).toEqual([]);
  });

  it('aims at the same end of the same day', () => {
    const limits = { finishByMinute: clock('07:00') };
    const hours = (text: string): number[] =>
      [...new Set(crons(text, 'UTC', limits).map((cron) => parseCron(cron).hours[0] ?? 0))].toSorted(
        (a, b) => a - b,
      );
    expect(hours('0 9 * * 1')).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(hours('0 18 * * 1')).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(hours('0 22 * * 1')).toEqual([19, 20, 21, 22, 23]);
    expect(hours('0 2 * * *')).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(crons('0 */6 * * *', 'UTC', limits)).toEqual(crons('0 */6 * * *'));
  });

  it('reads not-before and finish-by over midnight as one night', () => {
    const ends = { notBeforeMinute: clock('22:00'), finishByMinute: clock('04:00') };
    const limits = { ...ends, allowDayChange: true };
    const minutes = crons('30 12 * * *', 'UTC', limits).map((cron) => parseCron(cron).dayMinutes[0] ?? 0);
    expect(minutes.length).toBeGreaterThan(50);
    expect(minutes.every((minute) => minute >= clock('22:00') || minute < clock('04:00'))).toBe(true);
  });

  it.each([
    ['0 0 * * *', '47 22 * * *'],
    ['0 */6 * * *', '53 5-23/6 * * *'],
    ['30 0,12 * * *', '57 11,23 * * *'],
  ])('leads %s to another date (%s) only where that is allowed', (text, to) => {
    expect(crons(text)).not.toContain(to);
    expect(crons(text, 'UTC', { maxShiftMinutes: 180 })).not.toContain(to);
    expect(crons(text, 'UTC', { maxShiftMinutes: 180, allowDayChange: true })).toContain(to);
  });

  it('keeps the date for finish-by too', () => {
    const limits = { finishByMinute: clock('07:00') };
    expect(crons('0 2 * * *', 'UTC', limits)).not.toContain('47 22 * * *');
    expect(crons('0 2 * * *', 'UTC', { ...limits, allowDayChange: true })).toContain('47 22 * * *');
  });

  it('does not lead fixed times into the hour that clocks skip and repeat', () => {
    const inBerlin = crons('0 4 * * *', 'Europe/Berlin').map((cron) => parseCron(cron).hours[0]);
    expect(inBerlin).toContain(1);
    expect(inBerlin).not.toContain(2);
    expect(crons('0 4 * * *').map((cron) => parseCron(cron).hours[0])).toContain(2);
    expect(crons('0 2 * * *', 'Europe/Berlin')).toContain('23 2 * * *');
  });

  it('names a timezone nobody knows', () => {
    expect(() => candidatesOf(parseCron('0 0 * * *'), 'Mars/Olympus')).toThrow(
      '"Mars/Olympus" is no timezone',
    );
  });
});

describe('isInWindow', () => {
  it.each([
    ['01:00', '05:00', '01:00', true],
    ['01:00', '05:00', '04:59', true],
    ['01:00', '05:00', '05:00', false],
    ['22:00', '05:00', '22:00', true],
    ['22:00', '05:00', '00:00', true],
    ['22:00', '05:00', '05:00', false],
    ['22:00', '05:00', '21:59', false],
    ['03:00', '03:00', '12:00', true],
  ])('from %s to %s holds %s: %s', (from, to, minute, expected) => {
    expect(isInWindow({ fromMinute: clock(from), toMinute: clock(to) }, clock(minute))).toBe(expected);
  });
});

const minuteOfDay = fc.integer({ min: 0, max: 1439 });
const anyLimits: fc.Arbitrary<CandidateLimits> = fc.record(
  {
    window: fc.record({ fromMinute: minuteOfDay, toMinute: minuteOfDay }),
    maxShiftMinutes: fc.integer({ min: 0, max: 1500 }),
    finishByMinute: minuteOfDay,
    notBeforeMinute: minuteOfDay,
    allowDayChange: fc.boolean(),
  },
  { requiredKeys: [] },
);
const timezone = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
);
const cases = fc.tuple(
  fc.oneof(plainCron, plainCron, anyCron),
  timezone,
  fc.oneof(fc.constant({}), anyLimits),
);

/** Local dates with their number of ticks: over a stretch without clock changes in any of the zones. */
function ticksByLocalDate(text: string, zone: string): Map<number, number> {
  const from = Date.UTC(2028, 0, 10) - utcOffsetMinutes(Date.UTC(2028, 0, 10), zone) * MINUTE_MS;
  const counts = new Map<number, number>();
  for (const tick of ticksBetween(parseCron(text), zone, from, from + 56 * DAY_MS)) {
    const date = Math.floor((tick + utcOffsetMinutes(tick, zone) * MINUTE_MS) / DAY_MS);
    counts.set(date, (counts.get(date) ?? 0) + 1);
  }
  return counts;
}

function gaps(minutes: readonly number[], isRing: boolean): number[] {
  const first = minutes[0] ?? 0;
  const all = minutes.map((minute, index) => (minutes[index + 1] ?? first + 1440) - minute);
  return (isRing ? all : all.slice(0, -1)).toSorted((a, b) => a - b);
}

describe('every candidate', () => {
  function forEach(
    check: (text: string, zone: string, limits: CandidateLimits, cron: string, shift: number) => void,
    runs: number,
  ): void {
    fc.assert(
      fc.property(cases, fc.nat(), ([text, zone, limits], pick) => {
        const found = candidatesOf(parseCron(text), zone, limits);
        expect(found.length).toBeLessThanOrEqual(MOST_CANDIDATES);
        const chosen = found.length === 0 ? undefined : found[pick % found.length];
        if (chosen !== undefined) check(text, zone, limits, chosen.cron, chosen.shiftMinutes);
      }),
      sampledRuns(runs, runs / 20),
    );
  }

  it('is another cron that GitHub takes, with the days as written', () => {
    forEach((text, _zone, _limits, cron) => {
      expect(cron).not.toBe(text);
      const { dayOfMonth, month, dayOfWeek } = fieldTexts(parseCron(text));
      expect(fieldTexts(parseCron(cron))).toMatchObject({ dayOfMonth, month, dayOfWeek });
    }, 5_000);
  });

  it('fires as often on the same local dates', () => {
    forEach((text, zone, _limits, cron) => {
      expect(ticksByLocalDate(cron, zone), `${text} → ${cron} in ${zone}`).toEqual(
        ticksByLocalDate(text, zone),
      );
    }, 3_000);
  });

  it('leaves no tick on another local date, unless that is allowed', () => {
    forEach((text, _zone, limits, cron, shift) => {
      const { hours, dayMinutes } = parseCron(text);
      if (limits.allowDayChange === true || hours.length === 24) return;
      const moved = dayMinutes.map((minute) => minute + shift);
      expect(parseCron(cron).dayMinutes, `${text} → ${cron} by ${shift}`).toEqual(moved);
    }, 5_000);
  });

  it('keeps the distances between ticks, and is moved by what it says', () => {
    forEach((text, zone, limits, cron, shift) => {
      const before = parseCron(text);
      const after = parseCron(cron);
      const { everyDay } = shapeOf(before, zone);
      expect(gaps(after.dayMinutes, everyDay), `${text} → ${cron}`).toEqual(
        gaps(before.dayMinutes, everyDay),
      );
      const moved = before.dayMinutes
        .map((minute) => (minute + shift + 2 * 1440) % 1440)
        .toSorted((a, b) => a - b);
      expect(after.dayMinutes, `${text} → ${cron} by ${shift}`).toEqual(moved);
      expect(Math.abs(shift)).toBeLessThanOrEqual(reachOf(shapeOf(before, zone), limits));
    }, 5_000);
  });

  it('lies within the limits in local time and off the full hour', () => {
    forEach((text, zone, limits, cron) => {
      const parsed = parseCron(cron);
      expect(parsed.minutes).not.toContain(0);
      expect(minutesWithinLimits(parsed.dayMinutes, limits), `${text} → ${cron}`).toBe(true);
      const { window } = limits;
      if (window === undefined) return;
      const from = Date.UTC(2028, 0, 10);
      for (const tick of ticksBetween(parsed, zone, from, from + 9 * DAY_MS)) {
        expect(isInWindow(window, localMinuteOfDay(tick, zone)), `${cron} in ${zone}`).toBe(true);
      }
    }, 3_000);
  });

  it('has the same number of ticks in every year where fixed times stay off the clock changes', () => {
    const from = Date.UTC(2027, 0, 5);
    forEach((text, zone, _limits, cron) => {
      const before = parseCron(text);
      if (before.hours.length === 24 || shapeOf(before, zone).touchesClockChange) return;
      const count = (c: string): number => ticksBetween(parseCron(c), zone, from, from + 364 * DAY_MS).length;
      expect(Math.abs(count(cron) - count(text)), `${text} → ${cron} in ${zone}`).toBeLessThanOrEqual(
        before.dayMinutes.length,
      );
      expect(shapeOf(parseCron(cron), zone).touchesClockChange).toBe(false);
    }, 400);
  });

  it('appears once', () => {
    fc.assert(
      fc.property(cases, ([text, zone, limits]) => {
        const found = crons(text, zone, limits);
        const sets = found.map((cron) => parseCron(cron).dayMinutes.join());
        expect(new Set(sets).size).toBe(sets.length);
      }),
      sampledRuns(500, 50),
    );
  });
});

describe('candidatesAround', () => {
  const limits = { maxShiftMinutes: 120 };

  it('go no further from where the author had it than was written down, however many moves it takes', () => {
    fc.assert(
      fc.property(plainCron, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), (text, draws) => {
        const home = parseCron(text);
        const reachable = new Set([home.text, ...crons(text, 'UTC', limits)]);
        let present = home;
        for (const draw of draws) {
          const around = candidatesAround(home, present, 'UTC', limits);
          expect(new Set([present.text, ...around.map(({ cron }) => cron)])).toEqual(reachable);
          const next = around[draw % Math.max(1, around.length)];
          if (next === undefined) return;
          present = parseCron(next.cron);
        }
      }),
      sampledRuns(50, 15),
    );
  });

  it('count shifts from where it is now, and lead home', () => {
    const around = candidatesAround(parseCron('0 5 * * *'), parseCron('57 3 * * *'), 'UTC', limits);
    expect(around.find(({ cron }) => cron === '0 5 * * *')?.shiftMinutes).toBe(63);
    expect(around.find(({ cron }) => cron === '57 6 * * *')?.shiftMinutes).toBe(180);
    expect(around.some(({ cron }) => cron === '57 2 * * *')).toBe(false);
  });

  it('keep people’s hours where they were', () => {
    const around = candidatesAround(parseCron('0 10 * * 1-5'), parseCron('15 10 * * 1-5'), 'UTC');
    expect(Math.max(...around.map(({ shiftMinutes }) => shiftMinutes))).toBeLessThan(0);
  });

  it.each([
    ['nothing was written down', '57 3 * * *', {}],
    ['the limits no longer hold it', '0 9 * * *', limits],
  ])('are those of today’s time where %s', (_, text, bounds) => {
    const present = parseCron(text);
    expect(candidatesAround(parseCron('0 5 * * *'), present, 'UTC', bounds)).toEqual(
      candidatesOf(present, 'UTC', bounds),
    );
  });
});
