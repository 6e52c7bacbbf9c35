import { describe, expect, it } from 'vitest';
import { candidatesOf } from '../../src/cron/candidates.ts';
import type { CandidateLimits } from '../../src/cron/limits.ts';
import { parseCron } from '../../src/cron/parse.ts';
import { parseSpan } from '../../src/workflow/directive-values.ts';
import { whyNoCandidate } from '../../src/workflow/no-candidate.ts';

const EARLY = { fromMinute: 60, toMinute: 300 };

describe('the refusal of a schedule without candidates', () => {
  const cases: readonly (readonly [string, string, CandidateLimits])[] = [
    ['a window far from its time', '0 12 * * *', { window: EARLY }],
    ['a window on the other side of midnight', '0 22 * * *', { window: EARLY }],
    ['a written reach that is too short', '0 12 * * *', { window: EARLY, maxShiftMinutes: 30 }],
    ['a short written reach near the full hour', '0 12 * * *', { maxShiftMinutes: 0 }],
    ['working hours and an earlier window', '0 9 * * 1-5', { window: EARLY }],
  ];
  it.each(cases)('names a `max-shift` that is enough for %s', (_, text, limits) => {
    const cron = parseCron(text);
    expect(candidatesOf(cron, 'UTC', limits)).toEqual([]);
    const { code, sentence } = whyNoCandidate(cron, 'UTC', limits);
    expect(code).toBe('no-candidate');
    const span = /`max-shift=(\w+)` or more/.exec(sentence)?.[1];
    const maxShiftMinutes = parseSpan(span ?? '');
    expect(maxShiftMinutes).toBeDefined();
    expect(candidatesOf(cron, 'UTC', { ...limits, maxShiftMinutes: maxShiftMinutes ?? 0 })).not.toEqual([]);
  });

  it('reads as a sentence with a place', () => {
    expect(
      whyNoCandidate(parseCron('0 12 * * *'), 'UTC', { window: EARLY }, { line: 3, column: 9 }).sentence,
    ).toBe(
      'Line 3, column 9: no other time keeps the meaning of the cron within its window (by default it ' +
        'may move by 3h at most). Write `max-shift=8h` or more beside the cron, or `max-shift: 8h` in the ' +
        'configuration, to let it come that far.',
    );
  });

  it('asks for a wider window where no shift is long enough', () => {
    const narrow = { window: { fromMinute: 60, toMinute: 61 } };
    expect(whyNoCandidate(parseCron('0 12 * * *'), 'UTC', narrow).sentence).toMatch(/widen the window/);
  });

  it.each([
    [
      { window: EARLY, notBeforeMinute: 360 },
      /\(its `window` and `not-before` together leave none\)\. Change/,
    ],
    [
      { window: EARLY, finishByMinute: 60, maxShiftMinutes: 60 },
      /`window` and `finish-by` together leave none/,
    ],
    [
      { window: EARLY, finishByMinute: 60, notBeforeMinute: 0 },
      /Change `window`, `finish-by` or `not-before`, so that there is a time within all of them/,
    ],
    [{ notBeforeMinute: 1439 }, /\(its `not-before` leaves none\)\. Change `not-before`\./],
  ])('names the limits that leave no time: %j', (limits, sentence) => {
    const cron = parseCron('0 2 * * *');
    expect(candidatesOf(cron, 'UTC', { ...limits, maxShiftMinutes: 1439, allowDayChange: true })).toEqual([]);
    expect(whyNoCandidate(cron, 'UTC', limits).sentence).toMatch(sentence);
  });

  it('asks for `allow-day-change` where the only free times lie on another date', () => {
    const limits = { window: { fromMinute: 1380, toMinute: 1 }, maxShiftMinutes: 70 };
    const { sentence } = whyNoCandidate(parseCron('0 0 * * *'), 'UTC', limits);
    expect(sentence).toMatch(/`allow-day-change: true`/);
  });

  it('asks for nothing where every minute has a tick', () => {
    const { sentence } = whyNoCandidate(parseCron('* * * * *'), 'UTC', {});
    expect(sentence).not.toMatch(/max-shift/);
    expect(sentence).toMatch(/every minute of its hours has a tick/);
  });
});
