import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MatchState } from '../../src/history/match-state.ts';
import { scheduleKey } from '../../src/history/run.ts';
import { Matcher } from './matcher.ts';
import { NIGHTLY, sampleRun } from './sample-run.ts';

const FIRST = scheduleKey(NIGHTLY, 0);
const SECOND = scheduleKey(NIGHTLY, 1);
const daily = [{ key: FIRST, cron: '0 2 * * *', timezone: 'UTC' }];
const hourly = [{ key: FIRST, cron: '0 * * * *', timezone: 'UTC' }];
const iso = (at: number | undefined): string => new Date(at ?? 0).toISOString().slice(0, 16);

describe('the tick of one run', () => {
  const cases = [
    ['a late run', daily, '2026-03-02T04:34:00Z', '2026-03-02T02:00'],
    ['a run before its tick by a skewed clock', daily, '2026-03-02T01:59:10Z', '2026-03-02T02:00'],
    [
      'a run over midnight',
      [{ ...daily[0], cron: '30 23 * * *' }],
      '2026-03-03T02:10:00Z',
      '2026-03-02T23:30',
    ],
    [
      'a schedule in its own timezone',
      [{ ...daily[0], timezone: 'Asia/Tokyo' }],
      '2026-03-01T18:00:00Z',
      '2026-03-01T17:00',
    ],
    [
      'a local time that the clocks skip, which GitHub runs at the next one',
      [{ ...daily[0], cron: '30 2 * * *', timezone: 'Europe/Berlin' }],
      '2026-03-29T01:12:00Z',
      '2026-03-29T01:00',
    ],
    [
      'a local time that comes twice, at the first of the two',
      [{ ...daily[0], cron: '30 2 * * *', timezone: 'Europe/Berlin' }],
      '2026-10-25T00:41:00Z',
      '2026-10-25T00:30',
    ],
  ] as const;
  it.each(cases)('%s', (_, entries, createdAt, tick) => {
    const filled = entries.map((entry) => ({ key: FIRST, cron: '0 2 * * *', timezone: 'UTC', ...entry }));
    const match = new Matcher().match(filled, sampleRun(1, createdAt));
    expect(iso(match?.tick)).toBe(tick);
    expect(match?.ambiguous).toBe(false);
    expect(match?.missed).toEqual([]);
  });

  it('is null for another event, a later attempt, a run a week off, or a cron that GitHub refuses', () => {
    const weekly = [{ key: FIRST, cron: '0 2 * * 1', timezone: 'UTC' }];
    const broken = [{ key: FIRST, cron: '@daily', timezone: 'UTC' }];
    const at = '2026-03-05T04:00:00Z';
    expect(new Matcher().match(daily, sampleRun(1, at, { event: 'workflow_dispatch' }))).toBeNull();
    expect(new Matcher().match(daily, sampleRun(1, at, { attempt: 2 }))).toBeNull();
    expect(new Matcher().match(weekly, sampleRun(1, at))).toBeNull();
    expect(new Matcher().match(broken, sampleRun(1, at))).toBeNull();
  });
});

describe('the lateness of a match', () => {
  const weekly = [{ key: FIRST, cron: '0 2 * * 1', timezone: 'UTC' }];
  it.each([
    ['a day but a minute', '2026-03-03T01:59:00Z', '2026-03-02T02:00'],
    ['a day and a minute', '2026-03-03T02:01:00Z', null],
  ])('is at most a day: %s', (_, createdAt, tick) => {
    const match = new Matcher().match(weekly, sampleRun(1, createdAt));
    expect(match === null ? null : iso(match.tick)).toBe(tick);
  });

  it.each([
    ['two minutes before its tick', '2026-03-02T01:58:00Z', '2026-03-02T02:00'],
    ['earlier than that', '2026-03-02T01:57:59Z', null],
  ])('is none for a run %s', (_, createdAt, tick) => {
    const match = new Matcher().match(weekly, sampleRun(1, createdAt));
    expect(match === null ? null : iso(match.tick)).toBe(tick);
  });

  const punctual = { typicalMinutes: 5, longestMinutes: 60 };
  it.each([
    ['keeps the order of two crons where the first is not three times as late', '41 2 * * *', FIRST],
    ['lets the second overtake the first where that is more than three times as late', '39 2 * * *', SECOND],
  ])('%s', (_, cron, key) => {
    // Five minutes are added to either lateness: 24 + 5 and 26 + 5 against 5 + 5.
    const both = [
      { key: FIRST, cron, timezone: 'UTC' },
      { key: SECOND, cron: '0 3 * * *', timezone: 'UTC' },
    ];
    const match = new Matcher().match(both, sampleRun(1, '2026-03-02T03:05:00Z'), () => punctual);
    expect(match?.scheduleKey).toBe(key);
  });
});

describe('several runs', () => {
  it('reports a tick without a run when the next run comes', () => {
    const matcher = new Matcher();
    matcher.match(daily, sampleRun(1, '2026-03-02T03:00:00Z'));
    const match = matcher.match(daily, sampleRun(2, '2026-03-04T03:10:00Z'));
    expect(match?.missed.map((one) => [iso(one.tick), one.kind])).toEqual([['2026-03-03T02:00', 'dropped']]);
  });

  it('reports a missed tick as merged where it could still have been pending, else as dropped', () => {
    const matcher = new Matcher();
    const sixHourly = [{ key: FIRST, cron: '0 */6 * * *', timezone: 'UTC' }];
    const slow = () => ({ typicalMinutes: 20, longestMinutes: 500 });
    const quick = () => ({ typicalMinutes: 20, longestMinutes: 60 });
    matcher.match(sixHourly, sampleRun(1, '2026-03-02T00:20:00Z'), quick);
    const dropped = matcher.match(sixHourly, sampleRun(2, '2026-03-02T12:20:00Z'), quick);
    expect(dropped?.missed.map((one) => one.kind)).toEqual(['dropped']);
    const doubted = matcher.match(sixHourly, sampleRun(3, '2026-03-03T00:20:00Z'), slow);
    expect(doubted?.ambiguous).toBe(true);
    expect(doubted?.missed.map((one) => one.kind)).toEqual(['unclear']);
  });

  it('matches duplicates and runs in reverse order the same way', () => {
    const matcher = new Matcher();
    const first = sampleRun(1, '2026-03-02T03:00:00Z');
    const second = sampleRun(2, '2026-03-03T03:00:00Z');
    const third = sampleRun(3, '2026-03-04T03:00:00Z');
    matcher.match(daily, first);
    expect(matcher.match(daily, third)?.missed).toHaveLength(1);
    const late = matcher.match(daily, second);
    expect(iso(late?.tick)).toBe('2026-03-03T02:00');
    expect(late?.recovered).toBe(true);
    const before = structuredClone(matcher.state);
    expect(matcher.match(daily, second)).toMatchObject({ tick: late?.tick, repeated: true, missed: [] });
    expect(matcher.state).toEqual(before);
  });

  it('distinguishes two crons of one file and ignores a dispatch', () => {
    const both = [...daily, { key: SECOND, cron: '0 14 * * *', timezone: 'UTC' }];
    const matcher = new Matcher();
    expect(matcher.match(both, sampleRun(1, '2026-03-02T03:00:00Z'))?.scheduleKey).toBe(FIRST);
    expect(
      matcher.match(both, sampleRun(2, '2026-03-02T12:00:00Z', { event: 'workflow_dispatch' })),
    ).toBeNull();
    expect(matcher.match(both, sampleRun(3, '2026-03-02T14:30:00Z'))?.scheduleKey).toBe(SECOND);
    expect(matcher.match(both, sampleRun(4, '2026-03-03T02:50:00Z'))?.missed).toEqual([]);
  });

  it('distinguishes two crons nearer than their lateness, and marks every wrong match as ambiguous', () => {
    const both = [...daily, { key: SECOND, cron: '0 3 * * *', timezone: 'UTC' }];
    const matcher = new Matcher();
    const late = [52, 75, 66, 110, 58, 90, 71, 64];
    const matches = Array.from({ length: 60 }, (_, at) => {
      const [day, second] = [Math.floor(at / 2), at % 2 === 1];
      const minutes = (second ? 180 : 120) + (late[(at * 5) % late.length] ?? 0);
      const createdAt = new Date(Date.UTC(2026, 2, 2 + day, 0, minutes)).toISOString();
      const match = matcher.match(both, sampleRun(at, createdAt));
      return { right: match?.scheduleKey === (second ? SECOND : FIRST), sure: match?.ambiguous === false };
    });
    expect(matches.filter(({ right }) => right)).toHaveLength(60);
    expect(matches.filter(({ sure, right }) => sure && !right)).toEqual([]);
  });

  it('matches a run a minute early to the coming tick, not to one a day before', () => {
    const matcher = new Matcher();
    const matches = Array.from({ length: 20 }, (_, day) => {
      const at = new Date(Date.UTC(2026, 2, 2 + day, 1, 59)).toISOString();
      return matcher.match(daily, sampleRun(day, at));
    });
    expect(matches.map((match) => new Date(match?.tick ?? 0).getUTCDate())).toEqual(
      matches.map((_, day) => 2 + day),
    );
    expect(matches.every((match) => match?.ambiguous === false)).toBe(true);
  });

  it('is ambiguous where a neighbour may have taken the wrong tick', () => {
    const both = [...daily, { key: SECOND, cron: '0 3 * * *', timezone: 'UTC' }];
    const prompt = () => ({ typicalMinutes: 5, longestMinutes: 300 });
    const matcher = new Matcher();
    const first = matcher.match(both, sampleRun(1, '2026-03-02T03:10:00Z'), prompt);
    expect(first).toMatchObject({ scheduleKey: SECOND, ambiguous: true });
    expect(matcher.match(both, sampleRun(2, '2026-03-02T04:10:00Z'), prompt)?.ambiguous).toBe(true);
  });

  it('matches a run after an edit to the old cron, and counts no tick as missed over the edit', () => {
    const matcher = new Matcher();
    matcher.match(daily, sampleRun(1, '2026-03-02T03:00:00Z'));
    const edited = [{ key: FIRST, cron: '17 5 * * *', timezone: 'UTC' }];
    const old = matcher.match(edited, sampleRun(2, '2026-03-03T03:05:00Z'));
    expect(iso(old?.tick)).toBe('2026-03-03T02:00');
    const fresh = matcher.match(edited, sampleRun(3, '2026-03-05T06:10:00Z'));
    expect(iso(fresh?.tick)).toBe('2026-03-05T05:17');
    expect(fresh?.missed).toEqual([]);
  });

  it.each([
    ['for a week', '2026-03-10T03:00:00Z', '2026-03-10T02:00'],
    ['not for longer', '2026-03-10T03:06:00Z', null],
  ])('lets the old cron of an edited schedule fire on: %s', (_, createdAt, tick) => {
    const matcher = new Matcher();
    const yearly = [{ key: FIRST, cron: '17 5 1 1 *', timezone: 'UTC' }];
    matcher.match(daily, sampleRun(1, '2026-03-02T03:00:00Z'));
    matcher.match(yearly, sampleRun(2, '2026-03-03T03:05:00Z'));
    const match = matcher.match(yearly, sampleRun(3, createdAt));
    expect(match === null ? null : iso(match.tick)).toBe(tick);
  });

  it('recognises the newest 24 runs of a schedule when they come again', () => {
    const matcher = new Matcher();
    const runs = Array.from({ length: 25 }, (_, day) =>
      sampleRun(day, new Date(Date.UTC(2026, 2, 2 + day, 3)).toISOString()),
    );
    for (const run of runs) matcher.match(daily, run);
    const again = runs.map((run) => matcher.match(daily, run)?.repeated === true);
    expect(again).toEqual(runs.map(({ id }) => id > 0));
  });

  it('keeps the newest cron in force when an event from before the edit comes late', () => {
    const edited = { key: FIRST, cron: '17 5 * * *', timezone: 'UTC' };
    const [old] = daily;
    const matcher = new Matcher();
    matcher.match(daily, sampleRun(1, '2026-03-02T03:00:00Z'));
    const overEdit = matcher.match([edited, ...daily], sampleRun(3, '2026-03-04T06:10:00Z'));
    expect(iso(overEdit?.tick)).toBe('2026-03-04T05:17');
    const late = matcher.match(daily, sampleRun(2, '2026-03-03T03:05:00Z'));
    expect(iso(late?.tick)).toBe('2026-03-03T02:00');
    expect(matcher.state.entries[FIRST]).toMatchObject({ cron: edited.cron, previous: { cron: old?.cron } });
  });

  it('reports the missed tick of a monthly schedule, and none of a daily one that was disabled for weeks', () => {
    const monthly = [{ key: FIRST, cron: '0 2 1 * *', timezone: 'UTC' }];
    const matcher = new Matcher();
    matcher.match(monthly, sampleRun(1, '2026-01-01T03:00:00Z'));
    const match = matcher.match(monthly, sampleRun(2, '2026-03-01T03:00:00Z'));
    expect(match?.missed.map((one) => iso(one.tick))).toEqual(['2026-02-01T02:00']);
    const off = new Matcher();
    off.match(daily, sampleRun(1, '2026-01-01T03:00:00Z'));
    expect(off.match(daily, sampleRun(2, '2026-03-01T03:00:00Z'))?.missed).toEqual([]);
  });

  it('is ambiguous where lateness can exceed the gap, until eight runs were prompt', () => {
    const matcher = new Matcher();
    const doubts = Array.from({ length: 20 }, (_, hour) => {
      const at = new Date(Date.UTC(2026, 2, 2, hour, 4)).toISOString();
      return matcher.match(hourly, sampleRun(hour, at))?.ambiguous;
    });
    expect(doubts[0]).toBe(true);
    expect(doubts.at(-1)).toBe(false);
  });
});

describe('laws', () => {
  const minutes = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 60 });

  it('never matches two runs to one tick, keeps their order, and keeps a small state', () => {
    fc.assert(
      fc.property(minutes, fc.constantFrom(daily, hourly), (gaps, entries) => {
        const matcher = new Matcher();
        let at = Date.parse('2026-03-02T00:00:00Z');
        const ticks: number[] = [];
        for (const [id, gap] of gaps.entries()) {
          at += (gap + 1) * 60_000;
          const match = matcher.match(entries, sampleRun(id, new Date(at).toISOString()));
          if (match !== null) ticks.push(match.tick);
        }
        expect(ticks).toEqual([...new Set(ticks)].sort((a, b) => a - b));
        expect(JSON.stringify(matcher.state).length).toBeLessThan(8_000);
      }),
    );
  });

  it('matches the same way after its state was written and read', () => {
    fc.assert(
      fc.property(minutes, (gaps) => {
        const kept = new Matcher();
        const restored = new Matcher();
        let at = Date.parse('2026-03-02T00:00:00Z');
        for (const [id, gap] of gaps.entries()) {
          at += gap * 60_000;
          const run = sampleRun(id, new Date(at).toISOString());
          restored.state = MatchState.parse(JSON.parse(JSON.stringify(restored.state)));
          expect(restored.match(hourly, run)).toEqual(kept.match(hourly, run));
        }
      }),
    );
  });
});
