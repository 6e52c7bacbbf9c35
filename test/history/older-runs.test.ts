import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OlderRuns, olderRunsKey, rollUp, withinMonths } from '../../src/history/older-runs.ts';
import { sketchQuantile } from '../../src/history/quantile-sketch.ts';
import { sampleRun } from './sample-run.ts';

const DAY_MS = 86_400_000;
const START = Date.parse('2025-01-01T03:00:00Z');

const night = (day: number, more = {}) =>
  sampleRun(day, new Date(START + day * DAY_MS).toISOString(), {
    durationSeconds: 100 + day,
    conclusion: day % 10 === 0 ? 'failure' : 'success',
    tick: START + day * DAY_MS - 1_800_000,
    ...more,
  });
const nights = Array.from({ length: 60 }, (_, day) => night(day));
const byKey = (months: readonly OlderRuns[]) =>
  months.toSorted((a, b) => (olderRunsKey(a) < olderRunsKey(b) ? -1 : 1));

describe('runs rolled up', () => {
  it('are counted by month, with the quantiles of duration and lateness', () => {
    const [january, february, march] = rollUp([], nights).map((month) => OlderRuns.parse(month));
    expect([january, february, march]).toMatchObject([
      { month: '2025-01', kind: 'schedule', runs: 31, successes: 27, failures: 4, timedRuns: 31 },
      { month: '2025-02', runs: 28, failures: 2 },
      { month: '2025-03', runs: 1, failures: 0, totalSeconds: 159, newestAt: START + 59 * DAY_MS },
    ]);
    expect((sketchQuantile(january?.durationSeconds ?? {}, 0.5) ?? 0) / 115).toBeCloseTo(1, 1);
    expect((sketchQuantile(january?.latenessMinutes ?? {}, 0.5) ?? 0) / 30).toBeCloseTo(1, 1);
  });

  it('have the same sums in whatever portions and order they come', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(nights), fc.nat({ max: 60 }), (runs, cut) => {
        const twice = rollUp(rollUp([], runs.slice(0, cut)), runs.slice(cut));
        expect(byKey(twice)).toEqual(byKey(rollUp([], runs)));
      }),
    );
  });

  it.each([
    ['cancelled', { conclusion: 'cancelled' as const }, { successes: 0, failures: 0, timedRuns: 0 }],
    ['a second attempt', { attempt: 2 }, { successes: 0, timedRuns: 0, latenessMinutes: {} }],
    ['of an unsure tick', { ambiguous: true }, { successes: 1, latenessMinutes: {} }],
    ['pushed', { event: 'push', tick: null }, { kind: 'other', successes: 1, latenessMinutes: {} }],
    [
      'never ended',
      { conclusion: null, endedAt: null, durationSeconds: null },
      { successes: 0, failures: 0 },
    ],
  ])('count one that was %s as what it tells', (_what, more, expected) => {
    expect(rollUp([], [night(1, more)])).toMatchObject([{ runs: 1, ...expected }]);
  });

  it('merge the files of the oldest months, without losing a count, where there are too many', () => {
    const files = Array.from({ length: 30 }, (_, file) =>
      [0, 31, 59].map((day) => night(day, { path: `.github/workflows/${file}.yml` })),
    );
    const months = rollUp([], files.flat());
    expect(withinMonths(months, 90)).toBe(months);
    const bounded = withinMonths(months, 40);
    expect(bounded.length).toBeLessThanOrEqual(40);
    expect(bounded.reduce((sum, { runs }) => sum + runs, 0)).toBe(90);
    expect(bounded.filter(({ path }) => path === '*')).toMatchObject([
      { month: '2025-01', runs: 30 },
      { month: '2025-02', runs: 30 },
    ]);
  });
});
