import { describe, expect, it } from 'vitest';
import { allServedDays, type ServedDay, withSettledDays } from '../../src/on-time/served-days.ts';
import { DAY_MS } from '../../src/time.ts';

const dayOf = (day: number, ticks = 1): ServedDay => ({
  ...{ day, ticks, onTime: 0, pairs: 0, savedMinutes: 0, ownOnTime: 0, githubOnTime: 0 },
});
const days = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => dayOf(from + index));
const numbers = (served: readonly ServedDay[]) => served.map(({ day }) => day);

describe('days that are kept for good', () => {
  it('are those that ended two days ago, each once, and stay as they were first kept', () => {
    const kept = withSettledDays([dayOf(10, 7)], days(8, 15), 14 * DAY_MS);
    expect(numbers(kept)).toEqual([10, 11, 12]);
    expect(kept[0]?.ticks).toBe(7);
    expect(withSettledDays(kept, days(8, 15), 14 * DAY_MS)).toBe(kept);
  });

  it('are the newest four hundred', () => {
    const kept = withSettledDays(days(0, 400), days(395, 405), 405 * DAY_MS);
    expect([kept.length, kept[0]?.day, kept.at(-1)?.day]).toEqual([400, 4, 403]);
  });

  it('stand before those of ticks that are still kept one by one', () => {
    const all = allServedDays([dayOf(1), dayOf(3, 7)], days(2, 5));
    expect(all.map(({ day, ticks }) => [day, ticks])).toEqual([
      [1, 1],
      [2, 1],
      [3, 7],
      [4, 1],
    ]);
  });
});
