import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caughtUpUntil, dueNow, type ServedFile } from '../../src/on-time/due.ts';
import { compareQueuedTicks, finishByAt, laterThanAMinute } from '../../src/on-time/order.ts';
import { rescueAfterMs } from '../../src/on-time/rescue-after.ts';

const HOUR = 3_600_000;
const PATH = '.github/workflows/nightly.yml';

function file(cron: string, more: Partial<ServedFile> = {}, timezone = 'UTC'): ServedFile {
  return { path: PATH, mode: 'punctual', crons: [{ cron, timezone }], delayMs: 0, catchUpMs: null, ...more };
}

const at = (text: string): number => Date.parse(text);
const times = (ticks: readonly { readonly tick: number }[]) =>
  ticks.map(({ tick }) => new Date(tick).toISOString().slice(0, 16));

describe('ticks that are due', () => {
  it('asks at the tick and never for what stands before the watermark', () => {
    const due = dueNow(file('0 3 * * *'), [], {
      watermark: at('2026-11-01T12:00Z'),
      now: at('2026-11-02T03:00Z'),
    });
    expect(times(due.prompt)).toEqual(['2026-11-02T03:00']);
    expect(due.watermark).toBe(at('2026-11-02T03:00Z'));
    expect(due.nextAt).toBe(at('2026-11-03T03:00Z'));
    const later = dueNow(file('0 3 * * *'), [], { watermark: due.watermark, now: at('2026-11-02T03:01Z') });
    expect(later.prompt).toEqual([]);
  });

  it('takes a tick for late two minutes after it came due', () => {
    const watermark = at('2026-11-01T12:00Z');
    const last = at('2026-11-02T03:02Z');
    expect(dueNow(file('0 3 * * *'), [], { watermark, now: last }).prompt).toHaveLength(1);
    const late = dueNow(file('0 3 * * *'), [], { watermark, now: last + 1 });
    expect(late.prompt).toEqual([]);
    expect(late.toCatchUp).not.toBeNull();
  });

  it('catches up with the newest missed tick alone', () => {
    const due = dueNow(file('0 * * * *'), [], {
      watermark: at('2026-11-02T00:30Z'),
      now: at('2026-11-02T03:20Z'),
    });
    expect(due.toCatchUp && times([due.toCatchUp])).toEqual(['2026-11-02T03:00']);
    expect(times(due.skipped.map((one) => one.due))).toEqual(['2026-11-02T01:00', '2026-11-02T02:00']);
    expect(due.skipped.every(({ why }) => why === 'superseded')).toBe(true);
  });

  it('leaves what came due half a period ago, or longer than configured', () => {
    const late = { watermark: at('2026-11-02T00:30Z'), now: at('2026-11-02T01:40Z') };
    expect(dueNow(file('0 * * * *'), [], late)).toMatchObject({
      toCatchUp: null,
      skipped: [{ why: 'too-late' }],
    });
    expect(dueNow(file('0 * * * *', { catchUpMs: HOUR }), [], late).toCatchUp).not.toBeNull();
    const until = { ...late, now: at('2026-11-02T01:30Z') };
    expect(dueNow(file('0 * * * *'), [], until).toCatchUp).not.toBeNull();
    expect(dueNow(file('0 * * * *'), [], { ...until, now: until.now + 1 }).toCatchUp).toBeNull();
    const longAgo = { watermark: at('2026-11-01T00:30Z'), now: at('2026-11-02T09:01Z') };
    expect(dueNow(file('0 3 * * *'), [], longAgo).toCatchUp).toBeNull();
  });

  it('does not catch up with a tick while a newer one is due', () => {
    const due = dueNow(file('0 * * * *', { catchUpMs: 3 * HOUR }), [], {
      watermark: at('2026-11-02T00:30Z'),
      now: at('2026-11-02T02:00Z'),
    });
    expect(times(due.prompt)).toEqual(['2026-11-02T02:00']);
    expect(due.toCatchUp).toBeNull();
  });

  it('gives a tick two minutes, whatever is configured', () => {
    const tick = at('2026-11-02T03:00Z');
    expect(caughtUpUntil(file('0 3 * * *', { catchUpMs: 0 }), tick)).toBe(tick + 2 * 60_000);
  });

  it('records no tick of more than 31 days ago', () => {
    const watermark = at('2026-09-01T12:00Z');
    const { skipped } = dueNow(file('0 3 * * *'), [], { watermark, now: at('2026-11-02T12:00Z') });
    expect(times(skipped.slice(0, 1).map((one) => one.due))).toEqual(['2026-10-03T03:00']);
    expect(skipped).toHaveLength(31);
  });

  it('waits in rescue until the time that GitHub is given', () => {
    const rescue = file('0 3 * * *', { mode: 'rescue', delayMs: HOUR });
    const watermark = at('2026-11-01T12:00Z');
    expect(dueNow(rescue, [], { watermark, now: at('2026-11-02T03:59Z') })).toMatchObject({
      prompt: [],
      nextAt: at('2026-11-02T04:00Z'),
    });
    expect(dueNow(rescue, [], { watermark, now: at('2026-11-02T04:00Z') }).prompt).toHaveLength(1);
  });

  it('takes crons that tick at the same minute for one tick', () => {
    const crons = ['0 3 * * *', '0 3 * * 1'].map((cron) => ({ cron, timezone: 'UTC' }));
    const due = dueNow(file('', { crons }), [], {
      watermark: at('2026-11-01T12:00Z'),
      now: at('2026-11-02T03:00Z'),
    });
    expect(due.prompt).toHaveLength(1);
  });

  it('serves a local time that comes twice once, the first', () => {
    const berlin = file('30 2 * * *', {}, 'Europe/Berlin');
    let watermark = at('2026-10-24T22:00Z');
    const served: string[] = [];
    for (let now = watermark; now < at('2026-10-25T06:00Z'); now += 60_000) {
      const due = dueNow(berlin, [], { watermark, now });
      served.push(...times(due.prompt));
      watermark = due.watermark;
    }
    expect(served).toEqual(['2026-10-25T00:30']);
  });

  it('never moves the watermark back and decides on each tick once, however the clock jumps', () => {
    const jumps = fc.array(fc.integer({ min: -3 * HOUR, max: 5 * HOUR }), { maxLength: 30 });
    fc.assert(
      fc.property(jumps, fc.constantFrom('*/15 * * * *', '0 * * * *', '30 2 * * *'), (steps, cron) => {
        let now = at('2026-10-24T20:00Z');
        let watermark = now;
        const decided: number[] = [];
        for (const step of steps) {
          now += step;
          const due = dueNow(file(cron, {}, 'Europe/Berlin'), [], { watermark, now });
          const all = [
            ...due.prompt,
            ...(due.toCatchUp ? [due.toCatchUp] : []),
            ...due.skipped.map((one) => one.due),
          ];
          decided.push(...all.map(({ tick }) => tick));
          expect(due.watermark).toBeGreaterThanOrEqual(watermark);
          watermark = due.watermark;
        }
        expect(new Set(decided).size).toBe(decided.length);
      }),
      { numRuns: 100 },
    );
  });
});

describe('how long GitHub is waited for', () => {
  const facts = {
    configuredMs: null,
    finishByMs: null,
    duration90Ms: null,
    lateness90Ms: null,
    periodMs: 24 * HOUR,
  };
  it.each([
    ['as configured', { configuredMs: 5 * 60_000, finishByMs: HOUR, duration90Ms: 1 }, 5 * 60_000],
    ['so that finish-by is kept', { finishByMs: 4 * HOUR, duration90Ms: HOUR }, 3 * HOUR - 60_000],
    ['not at all where finish-by is near', { finishByMs: HOUR, duration90Ms: 2 * HOUR }, 0],
    ['its learned lateness', { lateness90Ms: 2 * HOUR }, 2 * HOUR],
    ['half the period at most', { lateness90Ms: 20 * HOUR }, 12 * HOUR],
    ['half the period where nothing was learned', {}, 12 * HOUR],
  ])('%s', (_name, more, expected) => {
    expect(rescueAfterMs({ ...facts, ...more })).toBe(expected);
  });
});

describe('the order of ticks in line', () => {
  const one = (tick: number, finishBy: number | null) => ({
    due: { path: PATH, tick, cron: '', timezone: 'UTC', mode: 'punctual' as const, blobSha: null },
    finishBy,
  });

  it('asks for the earliest deadline first, and then for the oldest tick', () => {
    const line = [one(1, null), one(5, 90), one(3, 50), one(0, null)].sort(compareQueuedTicks);
    expect(line.map(({ due }) => due.tick)).toEqual([3, 5, 0, 1]);
  });

  it('takes a finish-by at the minute of the tick for that minute, an earlier one for the next day', () => {
    const tick = at('2026-11-02T03:00Z');
    expect(finishByAt(tick, 180, 'UTC')).toBe(tick);
    expect(finishByAt(tick, 179, 'UTC')).toBe(at('2026-11-03T02:59Z'));
    expect(finishByAt(tick, 300, 'Europe/Berlin')).toBe(at('2026-11-02T04:00Z'));
  });

  it('lists what is asked for later than a minute after its turn', () => {
    expect(laterThanAMinute(Array.from({ length: 63 }, (_, index) => index))).toEqual([60, 61, 62]);
  });
});
