import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  forecastHours,
  forecastTick,
  LatenessTrack,
  learnTick,
  newLatenessTrack,
} from '../../src/forecast/lateness.ts';
import { emptyLatenessPool, hourProfile, LatenessPool } from '../../src/forecast/lateness-pool.ts';
import { normal, seeded } from './random.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** A Monday. */
const START = Date.parse('2026-03-02T00:00:00Z');

function median(track: LatenessTrack, pool: LatenessPool, tick: number, now = tick): number {
  return Math.exp(forecastTick(track, pool, tick, now)?.q50 ?? Number.NaN);
}

/** Track and pool after a tick that was so many minutes late. */
function afterTick(track: LatenessTrack, pool: LatenessPool, tick: number, minutes: number) {
  const lesson = learnTick(track, pool, tick, minutes);
  return [lesson.track, lesson.pool] as const;
}

describe('lateness of one schedule', () => {
  it('learns the day of the week', () => {
    const random = seeded(1);
    let pool = emptyLatenessPool();
    let track = newLatenessTrack();
    for (let day = 0; day < 84; day++) {
      const busy = day % 7 === 0;
      [track, pool] = afterTick(
        track,
        pool,
        START + day * DAY_MS,
        (busy ? 90 : 40) * Math.exp(0.05 * normal(random)),
      );
    }
    expect(median(track, pool, START + 84 * DAY_MS)).toBeGreaterThan(70);
    expect(median(track, pool, START + 85 * DAY_MS)).toBeLessThan(50);
  });

  it('looks at the same day of last week for a tick days ahead', () => {
    const random = seeded(6);
    let pool = emptyLatenessPool();
    let track = newLatenessTrack();
    for (let day = 0; day < 28; day++) {
      const jump = day === 22 ? 3 : 1;
      [track, pool] = afterTick(
        track,
        pool,
        START + day * DAY_MS,
        30 * jump * Math.exp(0.05 * normal(random)),
      );
    }
    const now = START + 28 * DAY_MS;
    const near = median(track, pool, START + 29 * DAY_MS, START + 29 * DAY_MS);
    expect(median(track, pool, START + 36 * DAY_MS, now)).toBeGreaterThan(1.3 * near);
  });

  it('takes the news of another schedule that was late an hour ago, and forgets it in a day', () => {
    const random = seeded(2);
    let pool = emptyLatenessPool();
    let early = newLatenessTrack();
    let late = newLatenessTrack();
    const usual = (): number => 30 * Math.exp(0.05 * normal(random));
    for (let day = 0; day < 40; day++) {
      [early, pool] = afterTick(early, pool, START + day * DAY_MS + 2 * HOUR_MS, usual());
      [late, pool] = afterTick(late, pool, START + day * DAY_MS + 5 * HOUR_MS, usual());
    }
    const tick = START + 40 * DAY_MS + 5 * HOUR_MS;
    const before = median(late, pool, tick);
    [early, pool] = afterTick(early, pool, START + 40 * DAY_MS + 2 * HOUR_MS, 90);
    expect(median(late, pool, tick)).toBeGreaterThan(1.1 * before);
    expect(median(late, pool, tick + DAY_MS, tick + DAY_MS) / before).toBeCloseTo(1, 1);
  });

  it('knows nothing at an instant that was learned after it', () => {
    const random = seeded(3);
    let pool = emptyLatenessPool();
    let track = newLatenessTrack();
    let other = newLatenessTrack();
    for (let day = 0; day < 20; day++) {
      [track, pool] = afterTick(track, pool, START + day * DAY_MS, 30 * Math.exp(0.1 * normal(random)));
      [other, pool] = afterTick(other, pool, START + day * DAY_MS + HOUR_MS, 30);
    }
    const tick = START + 20 * DAY_MS;
    const before = median(track, pool, tick);
    const { weekSums, weekWeights } = pool;
    [other, pool] = afterTick(other, pool, tick + HOUR_MS, 200);
    // The weekly pattern of the hours beside it may learn; the drift must not look ahead.
    expect(median(track, { ...pool, weekSums, weekWeights }, tick)).toBe(before);
  });

  it('tells the hours of a schedule that fires several times a day apart', () => {
    const random = seeded(4);
    let pool = emptyLatenessPool();
    let track = newLatenessTrack();
    for (let day = 0; day < 60; day++) {
      [track, pool] = afterTick(
        track,
        pool,
        START + day * DAY_MS + 2 * HOUR_MS,
        100 * Math.exp(0.1 * normal(random)),
      );
      [track, pool] = afterTick(
        track,
        pool,
        START + day * DAY_MS + 14 * HOUR_MS,
        20 * Math.exp(0.1 * normal(random)),
      );
    }
    const now = START + 60 * DAY_MS;
    expect(Math.exp(forecastHours(track, pool, now)(2).q50)).toBeGreaterThan(70);
    expect(Math.exp(forecastHours(track, pool, now)(14).q50)).toBeLessThan(30);
  });
});

describe('what the pool says of hours', () => {
  it('starts from the shipped profile, the small hours latest, and believes half of it', () => {
    const pool = emptyLatenessPool();
    expect(hourProfile(pool, 1)).toBeGreaterThan(hourProfile(pool, 11));
    const ratio = Math.exp(hourProfile(pool, 1) - hourProfile(pool, 11));
    expect(ratio).toBeCloseTo(Math.sqrt(168 / 35), 5);
    expect(Array.from({ length: 24 }, (_, hour) => hourProfile(pool, hour)).every(Number.isFinite)).toBe(
      true,
    );
  });

  it('is sure of an hour only with more schedules, not with more ticks of one', () => {
    let one = emptyLatenessPool();
    let many = emptyLatenessPool();
    let single = newLatenessTrack();
    for (let day = 0; day < 200; day++) {
      [single, one] = afterTick(single, one, START + day * DAY_MS + HOUR_MS, 10);
      [, many] = afterTick(newLatenessTrack(), many, START + day * DAY_MS + HOUR_MS, 10);
      [, many] = afterTick(newLatenessTrack(), many, START + day * DAY_MS + 11 * HOUR_MS, 40);
    }
    expect(hourProfile(many, 1) - hourProfile(many, 11)).toBeLessThan(-0.8);
    expect(hourProfile(one, 1)).toBeGreaterThan(hourProfile(many, 1));
  });

  it('widens the interval for an hour at which the schedule was never seen', () => {
    const random = seeded(5);
    let pool = emptyLatenessPool();
    let track = newLatenessTrack();
    for (let day = 0; day < 60; day++) {
      [track, pool] = afterTick(track, pool, START + day * DAY_MS, 30 * Math.exp(0.1 * normal(random)));
    }
    const width = (hour: number): number => {
      const { q05, q95 } = forecastHours(track, pool, START + 60 * DAY_MS)(hour);
      return q95 - q05;
    };
    expect(width(11)).toBeGreaterThan(1.5 * width(0));
  });
});

describe('laws', () => {
  const late = fc.array(fc.double({ min: 0, max: 700, noNaN: true }), { minLength: 1, maxLength: 60 });

  it('nests at every hour and goes on alike after being written and read', () => {
    fc.assert(
      fc.property(late, (minutes) => {
        let pool = emptyLatenessPool();
        let track = newLatenessTrack();
        for (const [day, value] of minutes.entries())
          [track, pool] = afterTick(track, pool, START + day * DAY_MS, value);
        const again = LatenessTrack.parse(JSON.parse(JSON.stringify(track)));
        const poolAgain = LatenessPool.parse(JSON.parse(JSON.stringify(pool)));
        const now = START + minutes.length * DAY_MS;
        for (let hour = 0; hour < 24; hour++) {
          const made = forecastHours(track, pool, now)(hour);
          expect(forecastHours(again, poolAgain, now)(hour)).toEqual(made);
          const { q05, q25, q50, q75, q95 } = made;
          expect(q05 <= q25 && q25 <= q50 && q50 <= q75 && q75 <= q95).toBe(true);
        }
        expect(learnTick(again, poolAgain, now, 12)).toEqual(learnTick(track, pool, now, 12));
      }),
    );
  });
});
