import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldText, HOUR, MINUTE } from '../../src/cron/fields.ts';
import { smallestGapMinutes, ticksPerWeek } from '../../src/cron/gaps.ts';
import { parseCron } from '../../src/cron/parse.ts';
import { shapeOf } from '../../src/cron/shape.ts';
import { ticksBetween } from '../../src/cron/ticks.ts';
import { sampledRuns } from '../sampled.ts';
import { anyCron } from './arbitrary.ts';

describe('shapeOf', () => {
  it.each([
    ['*/15 * * * *', 'every-n-minutes', 15, 672, true, false],
    ['*/7 * * * *', 'every-n-minutes', 4, 1512, false, false],
    ['23 * * * *', 'hourly', 60, 168, true, false],
    ['0 */6 * * *', 'several-a-day', 360, 28, true, false],
    ['0 9,17 * * *', 'several-a-day', 480, 14, false, false],
    ['17 3 * * *', 'daily', 1440, 7, true, false],
    ['17 3 */1 * *', 'daily', 1440, 7, true, false],
    ['17 3 * * 1-5', 'weekly', 1440, 5, true, false],
    ['0 9 * * 1-5', 'weekly', 1440, 5, true, true],
    ['0 9 * * 6', 'weekly', 10_080, 1, true, false],
    ['*/30 8-17 * * 1-5', 'several-a-day', 30, 100, true, true],
    ['0 8-18 * * MON', 'several-a-day', 60, 11, true, true],
    ['0 8-19 * * MON', 'several-a-day', 60, 12, true, false],
    ['0 0 1 * *', 'monthly', 40_320, 0.23, true, false],
    ['0 0 1 1 *', 'yearly', 525_600, 0.02, true, false],
    ['0 0 13 * 5', 'mixed-days', 1440, 1.2, true, false],
    ['0 0 30 2 *', 'never', Number.POSITIVE_INFINITY, 0, true, false],
  ])('of %s is %s', (text, kind, periodMinutes, perWeek, even, forPeople) => {
    const shape = shapeOf(parseCron(text), 'Europe/Berlin');
    expect(shape).toMatchObject({ kind, periodMinutes, even, forPeople });
    expect(shape.ticksPerWeek).toBeCloseTo(perWeek, 1);
  });

  it('knows ticks in the hour that clocks skip or repeat', () => {
    expect(shapeOf(parseCron('30 2 * * *'), 'Europe/Berlin').touchesClockChange).toBe(true);
    expect(shapeOf(parseCron('30 2 * * *'), 'UTC').touchesClockChange).toBe(false);
    expect(shapeOf(parseCron('30 3 * * *'), 'Europe/Berlin').touchesClockChange).toBe(false);
  });
});

describe('smallestGapMinutes', () => {
  it.each([
    ['*/58 * * * *', 2],
    ['0,30-32 * * * *', 1],
    ['3,58 * * * *', 5],
    ['58 23 * * *', 1440],
    ['0,59 0,23 * * *', 1],
    ['0 0 1,31 * *', 1440],
    ['0 0 28 2 *', 525_600],
    ['0 0 29 2 *', 2_103_840],
    ['*/2 13 30 2 *', Number.POSITIVE_INFINITY],
  ])('of %s is %d', (text, expected) => {
    expect(smallestGapMinutes(parseCron(text))).toBe(expected);
  });
});

describe('over 28 years', () => {
  const FROM = Date.UTC(2001, 0, 1);
  const TO = Date.UTC(2029, 0, 1);
  const WEEKS = (TO - FROM) / (7 * 86_400_000);
  const rareCron = anyCron.filter((text) => parseCron(text).dayMinutes.length < 40);

  it('the mean and the smallest gap are those of the ticks', () => {
    fc.assert(
      fc.property(rareCron, (text) => {
        const cron = parseCron(text);
        const ticks = ticksBetween(cron, 'UTC', FROM, TO);
        expect(ticksPerWeek(cron)).toBeCloseTo(ticks.length / WEEKS, 9);
        let smallest = Number.POSITIVE_INFINITY;
        for (let i = 1; i < ticks.length; i += 1)
          smallest = Math.min(smallest, ((ticks[i] ?? 0) - (ticks[i - 1] ?? 0)) / 60_000);
        expect(smallestGapMinutes(cron), text).toBe(smallest);
      }),
      sampledRuns(150, 50),
    );
  });
});

describe('fieldText', () => {
  it.each([
    [[0, 15, 30, 45], '*/15'],
    [[7, 22, 37, 52], '7-59/15'],
    [[5, 20], '5,20'],
    [[9, 10, 11], '9-11'],
    [[1, 3, 5, 7], '1-7/2'],
    [[1, 2, 3, 30, 40, 50], '1-3,30-59/10'],
  ])('of %j is %s', (values, expected) => {
    expect(fieldText(MINUTE, values)).toBe(expected);
  });

  it('is * for all values', () => {
    expect(fieldText(HOUR, [...Array(24).keys()])).toBe('*');
  });

  it('reads back as the same values', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1 }), (values) => {
        const sorted = values.toSorted((a, b) => a - b);
        expect(parseCron(`${fieldText(MINUTE, sorted)} * * * *`).minutes).toEqual(sorted);
      }),
      sampledRuns(2_000, 200),
    );
  });
});
