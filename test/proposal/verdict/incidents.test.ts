import { describe, expect, it } from 'vitest';
import { incidentDays, wasLateOnAnyDay } from '../../../src/proposal/verdict/incidents.ts';
import { judgeMerge } from '../../../src/proposal/verdict/judge-merge.ts';
import type { Series, SeriesRun } from '../../../src/proposal/verdict/series.ts';
import { renderVerdict, verdictSentence } from '../../../src/render/verdict.ts';
import { proposal } from '../../proposal/sample.ts';
import { DAY_MS, daily, MERGED } from './series.ts';

const BEFORE = 50;
const AFTER = 20;
const day = (place: number) => new Date(MERGED + place * DAY_MS).toISOString().slice(0, 10);
const names = (count: number) => Array.from({ length: count }, (_, at) => `s${at}`);

/** Schedules of which the first `late` start five hours late on some days (0 is that of the merge). */
function schedules(count: number, late: number, days: readonly number[], minutesLate = 300): Series[] {
  return names(count).map((key, at) =>
    daily(key, BEFORE, AFTER, (place) => (at < late && days.includes(place) ? { minutesLate } : {})),
  );
}

describe('days of an incident', () => {
  it.each<[string, readonly Series[], readonly string[]]>([
    ['most schedules are late', schedules(5, 3, [4]), [day(4)]],
    ['all are, for some days', schedules(8, 8, [4, 5, 6]), [day(4), day(5), day(6)]],
    ['all are before the merge', schedules(5, 5, [-9]), [day(-9)]],
    ['half of them are', schedules(6, 3, [4]), []],
    ['none is', schedules(9, 0, []), []],
    ['too few are known', schedules(4, 4, [4]), []],
    ['they are later than usual by less than an hour', schedules(5, 5, [4], 110), []],
    ['what is usual is not known yet', schedules(5, 5, [-BEFORE + 4]), []],
    ['there are no schedules', [], []],
  ])('where %s', (_, series, expected) => {
    expect(incidentDays(series)).toEqual(expected);
  });

  it('are none where a schedule is always that late', () => {
    expect(
      incidentDays(names(5).map((key) => daily(key, BEFORE, AFTER, () => ({ minutesLate: 300 })))),
    ).toEqual([]);
  });

  it('end where lateness stays: then that is usual', () => {
    const risen = names(5).map((key) =>
      daily(key, BEFORE, AFTER, (place) => (place >= 0 ? { minutesLate: 300 } : {})),
    );
    expect(incidentDays(risen).at(-1)).toBe(day(6));
  });

  it('count a schedule once, however often it runs', () => {
    const hourly: Series = {
      key: 'hourly',
      runs: Array.from({ length: 24 * 20 }, (_, hour) => ({
        at: MERGED + (hour - 24 * 15) * 3_600_000,
        minutesLate: hour >= 24 * 15 && hour < 24 * 16 ? 300 : 5,
        failed: null,
        seconds: null,
        minutesShared: null,
      })),
    };
    expect(incidentDays([hourly, ...schedules(5, 0, [])])).toEqual([]);
    expect(incidentDays([hourly, ...schedules(5, 3, [0])])).toEqual([day(0)]);
    expect(wasLateOnAnyDay(hourly)).toBe(true);
    expect(schedules(5, 0, []).some(wasLateOnAnyDay)).toBe(false);
  });
});

describe('a verdict with an incident', () => {
  const judge = (
    change: (place: number) => Partial<SeriesRun>,
    incidents?: readonly string[],
    days = AFTER,
  ) =>
    judgeMerge({
      since: MERGED,
      now: MERGED + days * DAY_MS,
      moved: [daily('a', BEFORE, days, change)],
      beside: schedules(2, 0, []),
      ...(incidents === undefined ? {} : { incidents }),
    });
  const failing =
    (...days: readonly number[]) =>
    (place: number) => ({ failed: days.includes(place) });

  it('is the same as ever where there is none', () => {
    for (const change of [failing(3, 4), failing(-9, -8), () => ({})]) {
      expect(judge(change, [])).toEqual(judge(change));
      expect(judge(change)).not.toHaveProperty('incidents');
      expect(judge(change, ['2020-01-01'])).toEqual(judge(change));
    }
  });

  it('does not blame a move for failures of those days, and names them', () => {
    const days = [day(0), day(1)];
    expect(judge(failing(0, 1), [], 2).kind).toBe('worse');
    expect(judge(failing(0, 1), days, 2)).toMatchObject({ kind: 'inconclusive', incidents: days });
    expect(judge(failing(0, 1), days)).toMatchObject({ kind: 'no-difference', incidents: days });
  });

  it('still finds harm beside an incident, and in one where it goes on and on', () => {
    expect(judge(failing(0, 1, 2), [day(1)], 3).kind).toBe('worse');
    expect(judge(failing(...Array(AFTER).keys()), [...Array(AFTER).keys()].map(day)).kind).toBe('worse');
  });

  it('does not credit a move with the end of an incident', () => {
    const days = [-12, -11, -10, -9, -8, -7, -6, -5, -4, -3];
    const change = failing(...days);
    const failure = (incidents: readonly string[]) =>
      judge(change, incidents).findings.find(({ measure }) => measure === 'failure');
    expect(failure([])?.againstNotBetter).toBeGreaterThan(1);
    expect(failure(days.map(day))).toMatchObject({ before: 0, runsBefore: BEFORE - days.length });
    expect(failure(days.map(day))?.againstNotBetter).toBeLessThan(failure([])?.againstNotBetter ?? 0);
  });

  it('is worded with the days, at most seven of them', () => {
    const verdict = judge(failing(3, 4), [day(3)]);
    const sentence =
      `Most schedules known to this deployment were far later than usual on ${day(3)} (UTC); runs of that ` +
      'day count less.';
    expect(verdictSentence(verdict)).toContain(sentence);
    const view = {
      proposal: proposal(),
      watch: { since: MERGED, moves: [] },
      verdict,
      final: true,
      rollbackNumber: null,
    };
    expect(renderVerdict(view).replaceAll('\\', '')).toContain(sentence);
    expect(renderVerdict({ ...view, verdict: judge(failing(3)) })).not.toContain('this deployment');
    const long = verdictSentence(judge(failing(3), [...Array(9).keys()].map(day)));
    expect(long).toMatch(/2\u00a0earlier days \(UTC\); runs of those days count less\.$/);
    expect(long).not.toContain(day(1));
  });
});
