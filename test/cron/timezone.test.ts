import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changingMinutes, isTimezone, localMinuteOfDay, utcOffsetMinutes } from '../../src/cron/timezone.ts';
import { sampledRuns } from '../sampled.ts';

describe('isTimezone', () => {
  it.each([
    ['UTC', true],
    ['Europe/Berlin', true],
    ['US/Pacific', true],
    ['Etc/GMT+5', true],
    ['America/Argentina/Buenos_Aires', true],
    ['+02:00', false],
    ['Berlin', false],
    ['', false],
    ['Europe/Berlin ', false],
    ['GMT+2', false],
    ['EST', true],
    ['CET', true],
    ['BST', false],
    ['ist', false],
    ['PST', false],
    ['SystemV/PST8', false],
  ])('of %j is %s', (name, expected) => {
    expect(isTimezone(name)).toBe(expected);
  });
});

describe('utcOffsetMinutes', () => {
  it('agrees with the platform in every zone at any time', () => {
    const names = Intl.supportedValuesOf('timeZone');
    const from = Date.UTC(2011, 0, 1);
    const to = Date.UTC(2045, 0, 1);
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.array(fc.integer({ min: from, max: to }), { minLength: 1, maxLength: 20 }),
        (name, instants) => {
          const format = new Intl.DateTimeFormat('en-US', {
            timeZone: name,
            hourCycle: 'h23',
            hour: '2-digit',
            minute: '2-digit',
          });
          for (const at of instants) {
            const [hour, minute] = format.format(at).split(':').map(Number);
            expect(localMinuteOfDay(at, name), `${name} ${at}`).toBe((hour ?? 0) * 60 + (minute ?? 0));
          }
        },
      ),
      sampledRuns(500, 100),
    );
  });

  it.each([
    ['Europe/Berlin', '2026-03-29T00:59:59.999', 60],
    ['Europe/Berlin', '2026-03-29T01:00', 120],
    ['America/St_Johns', '2026-01-01T00:00', -210],
    ['Asia/Kathmandu', '2026-01-01T00:00', 345],
    ['Pacific/Apia', '2012-01-01T00:00', 840],
    ['Pacific/Apia', '2011-12-29T00:00', -600],
    ['UTC', '2026-01-01T00:00', 0],
  ])('in %s at %s is %i', (timezone, time, expected) => {
    expect(utcOffsetMinutes(Date.parse(`${time}Z`), timezone)).toBe(expected);
  });
});

describe('changingMinutes', () => {
  it.each([
    ['UTC', 0, undefined],
    ['Asia/Tokyo', 0, undefined],
    ['Europe/Berlin', 60, 120],
    ['Europe/London', 60, 60],
    ['Australia/Lord_Howe', 60, 90],
    ['Africa/Cairo', 120, 0],
  ])('in %s are %i from minute %s', (timezone, count, first) => {
    const minutes = [...changingMinutes(timezone)].sort((a, b) => a - b);
    expect(minutes).toHaveLength(count);
    expect(minutes[0]).toBe(first);
  });
});
