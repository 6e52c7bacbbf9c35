import { describe, expect, it } from 'vitest';
import { parseCron } from '../../src/cron/parse.ts';
import { neverFires, nextTick, previousTick, ticksBetween } from '../../src/cron/ticks.ts';

const at = (text: string): number => Date.parse(`${text}Z`);
const shown = (tick: number | null): string | null =>
  tick === null ? null : new Date(tick).toISOString().slice(0, 16);

describe('nextTick', () => {
  it.each([
    ['17 3 * * *', '2026-05-04T03:16:59.999', '2026-05-04T03:17'],
    ['17 3 * * *', '2026-05-04T03:17', '2026-05-05T03:17'],
    ['17 3 * * *', '2026-05-04T03:17:00.001', '2026-05-05T03:17'],
    ['0 0 1 * *', '2026-12-15T00:00', '2027-01-01T00:00'],
    ['0 0 31 * *', '2026-02-01T00:00', '2026-03-31T00:00'],
    ['0 0 29 2 *', '2096-03-01T00:00', '2104-02-29T00:00'],
    ['0 0 29 2 *', '2399-03-01T00:00', '2400-02-29T00:00'],
    ['0 0 13 * 5', '2026-02-10T00:00', '2026-02-13T00:00'],
    ['0 0 13 * 5', '2026-03-14T00:00', '2026-03-20T00:00'],
    ['0 0 1-7 * MON', '2026-03-07T12:00', '2026-03-09T00:00'],
  ])('of %s after %s is %s', (cron, after, expected) => {
    expect(shown(nextTick(parseCron(cron), 'UTC', at(after)))).toBe(expected);
  });

  it('follows the clocks of the zone over the year', () => {
    const cron = parseCron('0 9 * * *');
    expect(shown(nextTick(cron, 'America/New_York', at('2026-01-10T00:00')))).toBe('2026-01-10T14:00');
    expect(shown(nextTick(cron, 'America/New_York', at('2026-07-10T00:00')))).toBe('2026-07-10T13:00');
    expect(shown(nextTick(cron, 'Asia/Kolkata', at('2026-07-10T00:00')))).toBe('2026-07-10T03:30');
  });

  it('is null where no date ever matches', () => {
    for (const timezone of ['UTC', 'Europe/Berlin']) {
      expect(nextTick(parseCron('0 0 30 2 *'), timezone, at('2026-01-01T00:00'))).toBeNull();
      expect(previousTick(parseCron('0 0 31 4,6 *'), timezone, at('2026-01-01T00:00'))).toBeNull();
    }
  });

  it('is null at no time at all', () => {
    expect(nextTick(parseCron('* * * * *'), 'UTC', Number.NaN)).toBeNull();
    expect(previousTick(parseCron('* * * * *'), 'Asia/Tokyo', Number.NaN)).toBeNull();
  });

  it('names a timezone nobody knows', () => {
    expect(() => nextTick(parseCron('* * * * *'), 'Mars/Olympus', 0)).toThrow(
      '"Mars/Olympus" is no timezone',
    );
  });
});

describe('previousTick', () => {
  it.each([
    ['17 3 * * *', '2026-05-04T03:17', '2026-05-03T03:17'],
    ['17 3 * * *', '2026-05-04T03:17:00.001', '2026-05-04T03:17'],
    ['0 0 31 * *', '2026-03-01T00:00', '2026-01-31T00:00'],
    ['0 0 29 2 *', '2104-02-29T00:00', '2096-02-29T00:00'],
  ])('of %s before %s is %s', (cron, before, expected) => {
    expect(shown(previousTick(parseCron(cron), 'UTC', at(before)))).toBe(expected);
  });
});

describe('ticksBetween', () => {
  const hourly = parseCron('0 * * * *');

  it('takes the start in and leaves the end out', () => {
    expect(ticksBetween(hourly, 'UTC', at('2026-05-04T01:00'), at('2026-05-04T03:00')).map(shown)).toEqual([
      '2026-05-04T01:00',
      '2026-05-04T02:00',
    ]);
  });

  it('is empty over nothing', () => {
    expect(ticksBetween(hourly, 'UTC', 1_000, 1_000)).toEqual([]);
    expect(ticksBetween(hourly, 'UTC', 2_000, 1_000)).toEqual([]);
    expect(ticksBetween(hourly, 'UTC', Number.NaN, 1_000)).toEqual([]);
  });
});

describe('neverFires', () => {
  it.each([
    ['0 0 30 2 *', true],
    ['0 0 31 2,4,6,9,11 *', true],
    ['0 0 30-31 2 *', true],
    ['0 0 29 2 *', false],
    ['0 0 31 2,3 *', false],
    ['0 0 30 2 1', false],
    ['0 0 * 2 *', false],
  ])('of %s is %s', (cron, expected) => {
    expect(neverFires(parseCron(cron))).toBe(expected);
  });
});
