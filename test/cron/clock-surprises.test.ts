import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockSurprises } from '../../src/cron/clock-surprises.ts';
import { parseCron } from '../../src/cron/parse.ts';
import { nextTick, ticksBetween } from '../../src/cron/ticks.ts';
import { clockChanges } from '../../src/cron/timezone.ts';
import { sampledRuns } from '../sampled.ts';
import { anyCron } from './arbitrary.ts';

const FROM = Date.UTC(2026, 0, 1);
const TO = Date.UTC(2028, 0, 1);
const HOUR_MS = 3_600_000;

function surprises(cron: string, timezone: string) {
  return clockSurprises(parseCron(cron), timezone, FROM, TO).map(({ kind, local, runsAt }) => [
    kind,
    new Date(local).toISOString().slice(0, 16),
    new Date(runsAt).toISOString().slice(11, 16),
  ]);
}

describe('clockSurprises', () => {
  it.each([
    [
      '30 2 * * *',
      'Europe/Berlin',
      [
        ['skipped', '2026-03-29T02:30', '03:00'],
        ['repeated', '2026-10-25T02:30', '02:30'],
        ['skipped', '2027-03-28T02:30', '03:00'],
        ['repeated', '2027-10-31T02:30', '02:30'],
      ],
    ],
    // Half an hour, in the other half of the year.
    [
      '15 2 * 10 *',
      'Australia/Lord_Howe',
      [
        ['skipped', '2026-10-04T02:15', '02:30'],
        ['skipped', '2027-10-03T02:15', '02:30'],
      ],
    ],
    ['30 3 * * *', 'Europe/Berlin', []],
    ['30 2 * * 1-6', 'Europe/Berlin', []],
    ['30 * * * *', 'Europe/Berlin', []],
    ['30 2 * * *', 'UTC', []],
    ['30 2 * * *', 'Asia/Kolkata', []],
  ])('of %s in %s', (cron, timezone, expected) => {
    expect(surprises(cron, timezone)).toEqual(expected);
  });

  it('finds a skipped time exactly where the ticks jump to the end of the gap', () => {
    const timezone = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Africa/Cairo',
    );
    fc.assert(
      fc.property(anyCron, timezone, (text, zone) => {
        const cron = parseCron(text);
        if (cron.hours.length === 24) return;
        const found = clockSurprises(cron, zone, FROM, TO).filter(({ kind }) => kind === 'skipped');
        const jumps = clockChanges(zone, FROM, TO).filter(({ at, before, after }) => {
          if (after < before || nextTick(cron, zone, at - 1) !== at) return false;
          // A regular tick at the end of the gap is no surprise by itself.
          return ticksBetween(cron, 'UTC', at + before, at + after).length > 0;
        });
        expect(found).toHaveLength(jumps.length);
        for (const { local, runsAt } of found) expect(runsAt - local).toBeLessThanOrEqual(HOUR_MS);
      }),
      sampledRuns(2_000, 200),
    );
  });
});
