import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cron, parseCron } from '../../src/cron/parse.ts';
import { nextTick, previousTick, ticksBetween } from '../../src/cron/ticks.ts';
import { sampledRuns } from '../sampled.ts';
import { anyCron, plainCron } from './arbitrary.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

function times(ticks: readonly number[]): string[] {
  return ticks.map((tick) => new Date(tick).toISOString().slice(0, 16));
}

function ticksOn(text: string, timezone: string, from: string, hours: number): string[] {
  const start = Date.parse(`${from}Z`);
  return times(ticksBetween(parseCron(text), timezone, start, start + hours * HOUR_MS));
}

describe('when the clocks go forward', () => {
  it.each([
    ['a skipped time runs at the next valid one', '30 2 * * *', ['2026-03-29T01:00']],
    ['several skipped times are one tick', '0,20,40 2 * * *', ['2026-03-29T01:00']],
    [
      'a tick at the next valid time takes the skipped one in',
      '0,30 2,3 * * *',
      ['2026-03-29T01:00', '2026-03-29T01:30'],
    ],
    ['times outside the gap stay', '59 1 * * *', ['2026-03-29T00:59']],
    [
      'an interval goes on',
      '*/30 1-3 * * *',
      ['2026-03-29T00:00', '2026-03-29T00:30', '2026-03-29T01:00', '2026-03-29T01:30'],
    ],
  ])('%s (%s)', (_, cron, expected) => {
    expect(ticksOn(cron, 'Europe/Berlin', '2026-03-28T23:30', 6)).toEqual(expected);
  });

  it('counts the tick of the skipped time to the stretch that starts with the change', () => {
    expect(ticksOn('30 2 * * *', 'Europe/Berlin', '2026-03-29T01:00', 1)).toEqual(['2026-03-29T01:00']);
    expect(ticksOn('30 2 * * *', 'Europe/Berlin', '2026-03-29T00:00', 1)).toEqual([]);
  });

  it('holds at midnight too, where the day begins at 01:00', () => {
    expect(ticksOn('0 0 * * *', 'Africa/Cairo', '2026-04-23T12:00', 24)).toEqual(['2026-04-23T22:00']);
  });
});

describe('when the clocks go back', () => {
  it.each([
    ['a fixed time runs at its first occurrence only', '30 2 * * *', ['2026-10-25T00:30']],
    [
      'so do several',
      '0,30 2,3 * * *',
      ['2026-10-25T00:00', '2026-10-25T00:30', '2026-10-25T02:00', '2026-10-25T02:30'],
    ],
    [
      'every hour is an interval',
      '30 * * * *',
      ['2026-10-24T23:30', '2026-10-25T00:30', '2026-10-25T01:30', '2026-10-25T02:30'],
    ],
  ])('%s (%s)', (_, cron, expected) => {
    expect(ticksOn(cron, 'Europe/Berlin', '2026-10-24T23:00', 4)).toEqual(expected);
  });

  it('keeps a quarter-hourly schedule at a quarter of an hour', () => {
    const ticks = ticksBetween(
      parseCron('*/15 * * * *'),
      'Europe/Berlin',
      Date.UTC(2026, 9, 24),
      Date.UTC(2026, 9, 26),
    );
    expect(ticks).toHaveLength(2 * 96);
    expect(new Set(ticks.slice(1).map((tick, index) => tick - (ticks[index] ?? 0)))).toEqual(
      new Set([15 * MINUTE_MS]),
    );
  });
});

// Zones with changes of an hour, half an hour and two, at midnight, around Ramadan, on either half of the globe.
const ZONES = [
  ['Europe/Berlin', '2026-03-29', '2026-10-25'],
  ['America/New_York', '2026-03-08', '2026-11-01'],
  ['America/St_Johns', '2026-03-08', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-10-03', '2026-04-04'],
  ['Antarctica/Troll', '2026-03-29', '2026-10-25'],
  ['America/Santiago', '2026-09-06', '2026-04-05'],
  ['Africa/Cairo', '2026-04-23', '2026-10-29'],
  ['Asia/Beirut', '2026-03-28', '2026-10-24'],
  ['Pacific/Chatham', '2026-09-26', '2026-04-04'],
  ['Africa/Casablanca', '2026-03-22', '2026-02-15'],
] as const;

/** The minutes of a few days: what each is called locally, read from the platform one by one. */
interface Span {
  readonly from: number;
  readonly to: number;
  /** Local minutes since 1970, as if UTC, in order of the instants. */
  readonly local: readonly number[];
}

function spanAround(timezone: string, day: string): Span {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const from = Date.parse(`${day}T00:00Z`) - DAY_MS;
  const to = from + 3 * DAY_MS;
  const local: number[] = [];
  for (let at = from; at < to; at += MINUTE_MS) {
    const [, date, month, year, hour, minute] =
      /(\d+)\/(\d+)\/(\d+), (\d+):(\d+)/.exec(format.format(at)) ?? [];
    local.push(
      Date.UTC(Number(year), Number(month) - 1, Number(date), Number(hour), Number(minute)) / MINUTE_MS,
    );
  }
  return { from, to, local };
}

function matches(cron: Cron, localMinute: number): boolean {
  const date = new Date(localMinute * MINUTE_MS);
  const onDate = cron.daysOfMonth.includes(date.getUTCDate());
  const onWeekday = cron.daysOfWeek.includes(date.getUTCDay());
  return (
    cron.minutes.includes(date.getUTCMinutes()) &&
    cron.hours.includes(date.getUTCHours()) &&
    cron.months.includes(date.getUTCMonth() + 1) &&
    (cron.dayRule === 'either' ? onDate || onWeekday : onDate && onWeekday)
  );
}

/** The rules in their plainest form, minute by minute. */
function plainTicks(cron: Cron, span: Span): number[] {
  const ticks: number[] = [];
  let furthest = Number.NEGATIVE_INFINITY;
  span.local.forEach((local, index) => {
    const skipped = index === 0 ? local : furthest + 1;
    const isRepeat = local <= furthest;
    let fires = matches(cron, local) && (!isRepeat || cron.hours.length === 24);
    for (let minute = skipped; minute < local; minute += 1) fires ||= matches(cron, minute);
    if (fires) ticks.push(span.from + index * MINUTE_MS);
    furthest = Math.max(furthest, local);
  });
  return ticks;
}

describe.each(ZONES)('around the clock changes of %s', (timezone, ...days) => {
  const spans = days.map((day) => spanAround(timezone, day));

  it('has its clock changes in the days looked at', () => {
    for (const span of spans)
      expect((span.local.at(-1) ?? 0) - (span.local[0] ?? 0)).not.toBe(span.local.length - 1);
  });

  it('fires as minute-by-minute reading says', () => {
    fc.assert(
      fc.property(fc.oneof(plainCron, anyCron), fc.constantFrom(...spans), (text, span) => {
        const cron = parseCron(text);
        expect(times(ticksBetween(cron, timezone, span.from, span.to)), text).toEqual(
          times(plainTicks(cron, span)),
        );
      }),
      sampledRuns(400, 80),
    );
  });

  it('walks forwards and backwards over the same ticks', () => {
    fc.assert(
      fc.property(plainCron, fc.constantFrom(...spans), (text, span) => {
        const cron = parseCron(text);
        const ticks = ticksBetween(cron, timezone, span.from, span.to);
        const forwards: number[] = [];
        for (let at = nextTick(cron, timezone, span.from - 1); at !== null && at < span.to; ) {
          forwards.push(at);
          at = nextTick(cron, timezone, at);
        }
        const backwards: number[] = [];
        for (let at = previousTick(cron, timezone, span.to); at !== null && at >= span.from; ) {
          backwards.push(at);
          at = previousTick(cron, timezone, at);
        }
        expect(times(forwards), text).toEqual(times(ticks));
        expect(times(backwards.reverse()), text).toEqual(times(ticks));
      }),
      sampledRuns(200, 50),
    );
  });

  it('cuts a stretch in two without losing or doubling a tick', () => {
    fc.assert(
      fc.property(
        plainCron,
        fc.constantFrom(...spans),
        fc.integer({ min: 0, max: 3 * 1440 * 60 }),
        (text, span, second) => {
          const cron = parseCron(text);
          const cut = span.from + second * 1000;
          const parts = [
            ...ticksBetween(cron, timezone, span.from, cut),
            ...ticksBetween(cron, timezone, cut, span.to),
          ];
          expect(parts, text).toEqual(ticksBetween(cron, timezone, span.from, span.to));
        },
      ),
      sampledRuns(200, 50),
    );
  });
});
