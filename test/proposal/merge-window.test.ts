import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeWindow } from '../../src/proposal/merge-window.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('merge window', () => {
  it('begins now where no tick is due', () => {
    expect(mergeWindow([], 0, 24 * HOUR)).toEqual({ from: 0, to: 24 * HOUR });
  });

  it('begins after the late run of the last tick and ends before the next tick', () => {
    const nightly = { ticks: [2 * HOUR, 26 * HOUR], latenessP90Minutes: 240 };
    expect(mergeWindow([nightly], 3 * HOUR, 27 * HOUR)).toEqual({
      from: 6 * HOUR,
      to: 26 * HOUR - 10 * MINUTE,
    });
  });

  it('is null where a schedule is always so late that a tick is pending', () => {
    const quarterly = {
      ticks: Array.from({ length: 100 }, (_, n) => n * 15 * MINUTE),
      latenessP90Minutes: 20,
    };
    expect(mergeWindow([quarterly], 0, 24 * HOUR)).toBeNull();
  });

  it('never contains a tick that waits for its run, and lasts at least half an hour', () => {
    const pending = fc.record({
      ticks: fc.array(fc.integer({ min: -12 * 60, max: 24 * 60 }).map((minute) => minute * MINUTE)),
      latenessP90Minutes: fc.integer({ min: 0, max: 400 }),
    });
    fc.assert(
      fc.property(fc.array(pending, { maxLength: 6 }), (schedules) => {
        const window = mergeWindow(schedules, 0, 24 * HOUR);
        if (window === null) return;
        expect(window.to - window.from).toBeGreaterThanOrEqual(30 * MINUTE);
        expect(window.from).toBeGreaterThanOrEqual(0);
        expect(window.to).toBeLessThanOrEqual(24 * HOUR);
        for (const { ticks, latenessP90Minutes } of schedules) {
          for (const tick of ticks) {
            const clear = window.to <= tick || window.from >= tick + latenessP90Minutes * MINUTE;
            expect(clear).toBe(true);
          }
        }
      }),
    );
  });
});
