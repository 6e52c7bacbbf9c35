import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeWindow } from '../../src/proposal/merge-window.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/time.ts';

function daily(minute: number, days = 35): readonly number[] {
  return Array.from({ length: days }, (_, day) => day * DAY_MS + minute * MINUTE_MS);
}

describe('merge window', () => {
  it('is the whole day where no tick is due', () => {
    expect(mergeWindow([])).toEqual({ from: 0, to: 1440 });
  });

  it('begins after the late run of the last tick and ends before the next tick, over midnight', () => {
    const nightly = { ticks: daily(2 * 60), movedTicks: daily(150), latenessP90Minutes: 243 };
    expect(mergeWindow([nightly])).toEqual({ from: 6 * 60 + 5, to: 110 });
  });

  it('has no time between an earlier new tick and the old one, when neither would fire', () => {
    const earlier = { ticks: daily(60), movedTicks: daily(3), latenessP90Minutes: 770 };
    expect(mergeWindow([earlier])).toEqual({ from: 13 * 60 + 55, to: 23 * 60 + 50 });
  });

  it('lies between two nightly schedules and holds on every day', () => {
    const first = { ticks: daily(0), movedTicks: [], latenessP90Minutes: 300 };
    const monthly = { ticks: [12 * HOUR_MS + 3 * DAY_MS], movedTicks: [], latenessP90Minutes: 60 };
    expect(mergeWindow([first, monthly])).toEqual({ from: 13 * 60 + 5, to: 23 * 60 + 50 });
  });

  it('is null where a schedule is always so late that a tick is pending', () => {
    const ticks = Array.from({ length: 96 }, (_, n) => n * 15 * MINUTE_MS);
    expect(mergeWindow([{ ticks, movedTicks: ticks, latenessP90Minutes: 20 }])).toBeNull();
    expect(mergeWindow([{ ticks: daily(60), movedTicks: daily(60), latenessP90Minutes: 2000 }])).toBeNull();
  });

  it('never contains a tick that waits for its run, and lasts at least half an hour', () => {
    const pending = fc.record({
      ticks: fc.array(fc.integer({ min: 0, max: 35 * 1440 }).map((minute) => minute * MINUTE_MS)),
      movedTicks: fc.constant([]),
      latenessP90Minutes: fc.integer({ min: 0, max: 400 }),
    });
    fc.assert(
      fc.property(fc.array(pending, { maxLength: 4 }), (schedules) => {
        const window = mergeWindow(schedules);
        if (window === null) return;
        const length = (window.to - window.from + 1440) % 1440 || 1440;
        expect(length).toBeGreaterThanOrEqual(30);
        for (const { ticks, latenessP90Minutes } of schedules) {
          for (const tick of ticks) {
            const after = (tick / MINUTE_MS - window.from + 2 * 1440 * 35) % 1440;
            expect(after).toBeGreaterThanOrEqual(length);
            expect(after + latenessP90Minutes).toBeLessThanOrEqual(1440);
          }
        }
      }),
    );
  });
});
