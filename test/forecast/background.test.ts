import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Background,
  expectedBackground,
  newBackground,
  updateBackground,
} from '../../src/forecast/background.ts';
import { BINS_PER_WEEK } from '../../src/forecast/slot.ts';
import { seeded } from './random.ts';

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 86_400_000;
/** A Monday. */
const MONDAY = Date.parse('2026-03-02T00:00:00Z');

const span = (minuteOfWeek: number, minutes: number, week = 0) => {
  const startedAt = MONDAY + week * WEEK_MS + minuteOfWeek * MINUTE_MS;
  return { startedAt, endedAt: startedAt + minutes * MINUTE_MS };
};
const sum = (load: readonly number[]) => load.reduce((total, jobs) => total + jobs, 0);

/** One run at the same time each week. */
function weekly(weeks: number, minuteOfWeek: number, minutes: number, width = 1): Background {
  let background = newBackground();
  for (let week = 0; week < weeks; week += 1)
    background = updateBackground(background, span(minuteOfWeek, minutes, week), [], width);
  return background;
}

describe('the load that nobody has scheduled', () => {
  it('is nothing before the first run, and never negative', () => {
    expect(expectedBackground(newBackground())).toEqual(new Array(BINS_PER_WEEK).fill(0));
    expect(Math.min(...expectedBackground(weekly(3, 700, 20)))).toBeGreaterThanOrEqual(0);
  });

  it('is told apart by five minutes, the better the more weeks were seen', () => {
    const bin = (26 * 60 + 40) / 5;
    const told = [2, 8, 26].map((weeks) => expectedBackground(weekly(weeks, 26 * 60 + 40, 5, 6))[bin] ?? 0);
    expect(told[0]).toBeLessThan(told[1] ?? 0);
    expect(told[1]).toBeLessThan(told[2] ?? 0);
    expect(told[2]).toBeGreaterThan(4);
    const load = expectedBackground(weekly(26, 26 * 60 + 40, 5, 6));
    expect(load.indexOf(Math.max(...load))).toBe(bin);
  });

  it('is spread where little is known: over the hour, and over the same hour of other days of its kind', () => {
    const load = expectedBackground(weekly(1, 10 * 60 + 30, 5));
    const at = (day: number, hour: number, minute: number) =>
      load[((day * 24 + hour) * 60 + minute) / 5] ?? 0;
    expect(at(0, 10, 30)).toBeGreaterThan(at(0, 10, 5));
    expect(at(0, 10, 5)).toBeGreaterThan(at(2, 10, 5));
    expect(at(2, 10, 5)).toBeGreaterThan(at(6, 10, 5));
    expect(at(0, 10, 30)).toBeLessThan(0.5);
  });

  it('holds as much work as was seen, however it is spread', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 10_000 }), fc.integer({ min: 1, max: 300 }), fc.nat({ max: 1 })), {
          minLength: 1,
          maxLength: 40,
        }),
        (runs) => {
          let background = newBackground();
          for (const [minute, minutes, week] of runs.toSorted((a, b) => a[2] - b[2]))
            background = updateBackground(background, span(minute, minutes, week), [], 1);
          const { firstAt, lastAt, asOf } = background;
          const weeks = Math.max(1, (lastAt - firstAt) / WEEK_MS);
          const seen = sum(background.sums) + sum(background.week);
          // Forgetting makes little of a difference within two weeks.
          expect(sum(expectedBackground(background)) / (seen / weeks)).toBeGreaterThan(0.8);
          expect(sum(expectedBackground(background)) / (seen / weeks)).toBeLessThan(1.2);
          expect(asOf).toBeLessThanOrEqual(Math.max(firstAt, lastAt) + WEEK_MS);
        },
      ),
    );
  });

  it('counts jobs where they were seen, the width where they were not, and one run where neither is known', () => {
    const load = (jobs: readonly { startedAt: number; endedAt: number }[], width: number) => {
      let background = newBackground();
      background = updateBackground(background, span(0, 60), jobs, width);
      return sum(background.week) * 5;
    };
    expect(load([], 1)).toBeCloseTo(60, 1);
    expect(load([], 3)).toBeCloseTo(180, 1);
    expect(load([span(0, 20), span(0, 30), span(50, 10)], 3)).toBeCloseTo(60, 1);
  });

  it('trusts five minutes where they come again, and hours where they do not', () => {
    const random = seeded(3);
    let [clock, people] = [newBackground(), newBackground()];
    for (let week = 0; week < 8; week += 1) {
      for (let hour = 0; hour < 168; hour += 1) {
        clock = updateBackground(clock, span(60 * hour + 10, 6, week), [], 3);
        people = updateBackground(people, span(60 * hour + Math.floor(54 * random()), 6, week), [], 3);
      }
    }
    const atTen = (background: Background) => {
      const load = expectedBackground(background).filter((_, bin) => bin % 12 === 2);
      return sum(load) / 168;
    };
    expect(atTen(clock)).toBeGreaterThan(2.4);
    expect(atTen(people)).toBeLessThan(0.5);
  });

  it('takes in what comes late, after its week was over', () => {
    const inOrder = weekly(5, 3_000, 30);
    let late = newBackground();
    for (const week of [0, 1, 3, 4, 2]) late = updateBackground(late, span(3_000, 30, week), [], 1);
    expect(sum(expectedBackground(late))).toBeCloseTo(sum(expectedBackground(inOrder)), 1);
  });

  it('forgets a habit that has ended, and stays as large as it was', () => {
    let background = weekly(30, 3_000, 30);
    const before = expectedBackground(background)[600] ?? 0;
    const size = JSON.stringify(background).length;
    for (let week = 30; week < 60; week += 1)
      background = updateBackground(background, span(8_000, 30, week), [], 1);
    const after = expectedBackground(background);
    expect(after[600]).toBeLessThan(0.2 * before);
    expect(after[1_600]).toBeGreaterThan(0.5);
    expect(background.sums).toHaveLength(BINS_PER_WEEK);
    expect(JSON.stringify(background).length).toBeLessThan(size + 1_000);
    expect(Background.parse(JSON.parse(JSON.stringify(background)))).toEqual(background);
  });

  it('takes what has gone on for longer than a day for stuck', () => {
    let background = newBackground();
    background = updateBackground(background, span(0, 5 * 24 * 60), [], 1);
    expect(sum(background.week) * 5).toBeCloseTo(24 * 60, 0);
  });
});
