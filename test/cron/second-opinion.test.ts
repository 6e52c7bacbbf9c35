import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidatesOf } from '../../src/cron/candidates.ts';
import { CRON_PARSER, type CronPeer } from '../../src/cron/cron-parser-peer.ts';
import { parseCron } from '../../src/cron/parse.ts';
import { tickDifference } from '../../src/cron/second-opinion.ts';
import { clockChanges } from '../../src/cron/timezone.ts';
import { DAY_MS, MINUTE_MS } from '../../src/time.ts';
import { sampledRuns } from '../sampled.ts';
import { anyCron, plainCron } from './arbitrary.ts';

/** The long walk compares some million ticks. */
const LONG_WALK_MS = 1_800_000;
const NOW = Date.UTC(2026, 5, 1, 0, 0, 30);
const DAILY = parseCron('30 2 * * *');
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Santiago',
  'America/Havana',
  'Africa/Casablanca',
  'Asia/Beirut',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Pacific/Apia',
];
const zone = fc.constantFrom(...ZONES);
const instant = fc
  .integer({ min: Date.UTC(2024, 0, 1) / 1000, max: Date.UTC(2034, 0, 1) / 1000 })
  .map((seconds) => seconds * 1000);

/** cron-parser with one fault: every local time goes through `bend`. */
function bent(bend: (local: number, place: number) => number): CronPeer {
  return { ...CRON_PARSER, localTimes: (...asked) => CRON_PARSER.localTimes(...asked).map(bend) };
}

describe('the second opinion on a cron', () => {
  it(
    'has no objection to any candidate, whatever the zone',
    () => {
      const candidate = fc.tuple(plainCron, zone, fc.nat(), instant);
      fc.assert(
        fc.property(candidate, ([text, timezone, pick, now]) => {
          const found = candidatesOf(parseCron(text), timezone);
          fc.pre(found.length > 0);
          const cron = parseCron(found[pick % found.length]?.cron ?? text);
          expect(tickDifference(cron, timezone, now)).toBeNull();
        }),
        sampledRuns(5_000, 40),
      );
    },
    LONG_WALK_MS,
  );

  it(
    'has no objection to any cron of the grammar',
    () => {
      fc.assert(
        fc.property(anyCron, zone, instant, (text, timezone, now) => {
          expect(tickDifference(parseCron(text), timezone, now)).toBeNull();
        }),
        sampledRuns(5_000, 40),
      );
    },
    LONG_WALK_MS,
  );

  it.each([
    ['30 2 * * *', 'Europe/Berlin'],
    ['*/30 * * * *', 'Europe/Berlin'],
    ['15 0 * * 0', 'America/Havana'],
    ['15 2 * * *', 'Australia/Lord_Howe'],
    ['0 0,12 * * *', 'America/Santiago'],
  ])('has no objection to %s over the clock changes of %s', (text, timezone) => {
    expect(tickDifference(parseCron(text), timezone, NOW)).toBeNull();
  });

  it.each([0, 50, 99])('finds a tick that the peer expects a minute later, at place %i', (wrong) => {
    const peer = bent((local, place) => (place === wrong ? local + MINUTE_MS : local));
    expect(tickDifference(DAILY, 'UTC', NOW, peer)?.detail).toMatch(
      /^"30 2 \* \* \*" in UTC: we expect .* the other engine (.* local time|nothing)$/,
    );
  });

  it('finds a tick that the peer expects and we do not', () => {
    const peer: CronPeer = {
      ...CRON_PARSER,
      localTimes: (cron, after, count) =>
        [...CRON_PARSER.localTimes(cron, after, count), after + MINUTE_MS].sort((a, b) => a - b),
    };
    expect(tickDifference(DAILY, 'UTC', NOW, peer)).not.toBeNull();
  });

  it.each([0, 1])('compares the ticks after clock change %i', (which) => {
    const change = clockChanges('Europe/Berlin', NOW, NOW + 400 * DAY_MS)[which]?.at ?? Number.NaN;
    const peer: CronPeer = {
      ...CRON_PARSER,
      // The peer does not know of the change, from two days after it.
      localTime: (at, timezone) =>
        CRON_PARSER.localTime(at, timezone) + (at > change + 2 * DAY_MS ? 60 * MINUTE_MS : 0),
    };
    expect(tickDifference(DAILY, 'Europe/Berlin', NOW, peer)).not.toBeNull();
  });

  it('leaves the day of a clock change to the written rule', () => {
    const change = clockChanges('Europe/Berlin', NOW, NOW + 400 * DAY_MS)[0]?.at ?? Number.NaN;
    const peerWrongOn = (day: number) =>
      bent((local) => (Math.floor(local / DAY_MS) === day ? local + MINUTE_MS : local));
    const day = Math.floor(change / DAY_MS);
    const shortlyBefore = change - 10 * DAY_MS;
    expect(tickDifference(DAILY, 'Europe/Berlin', shortlyBefore, peerWrongOn(day))).toBeNull();
    expect(tickDifference(DAILY, 'Europe/Berlin', shortlyBefore, peerWrongOn(day + 1))).not.toBeNull();
    expect(tickDifference(DAILY, 'UTC', shortlyBefore, peerWrongOn(day))).not.toBeNull();
  });

  it('objects where the peer cannot read the cron', () => {
    const peer: CronPeer = {
      ...CRON_PARSER,
      localTimes: () => {
        throw new Error('Invalid cron');
      },
    };
    expect(tickDifference(DAILY, 'UTC', NOW, peer)?.detail).toBe(
      '"30 2 * * *" in UTC: the other engine cannot read it',
    );
  });
});
