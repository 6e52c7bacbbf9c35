import { describe, expect, it } from 'vitest';
import { isDue, isFinal, judge } from '../../../src/proposal/verdict/judge.ts';
import type { Series, SeriesRun } from '../../../src/proposal/verdict/series.ts';
import { DAY_MS, daily, MERGED } from './series.ts';

const BEFORE = 50;

/** The verdict so many days after the merge, one run a day. */
function verdictAfter(
  days: number,
  run: (place: number) => Partial<SeriesRun>,
  beside: readonly Series[] = [daily('b', BEFORE, days), daily('c', BEFORE, days)],
) {
  return judge({
    since: MERGED,
    now: MERGED + days * DAY_MS,
    moved: [daily('a', BEFORE, days, run)],
    beside,
  });
}

const fromMerge = (change: Partial<SeriesRun>) => (place: number) => (place >= 0 ? change : {});

describe('a verdict', () => {
  it('finds nothing where nothing changed, and only after a fortnight', () => {
    expect(verdictAfter(10, () => ({})).kind).toBe('inconclusive');
    expect(verdictAfter(10, () => ({})).missing).toEqual(['4 more days']);
    expect(verdictAfter(14, () => ({})).kind).toBe('no-difference');
    expect(verdictAfter(40, () => ({})).kind).toBe('no-difference');
  });

  it('tells harm before the fortnight is over', () => {
    const verdict = verdictAfter(9, fromMerge({ seconds: 1_200 }));
    expect(verdict).toMatchObject({ kind: 'worse', by: 'duration', worse: ['a'] });
  });

  it('calls failures worse that were not there before', () => {
    const verdict = verdictAfter(20, (place) => ({ failed: place >= 0 && place % 3 === 0 }));
    expect(verdict).toMatchObject({ kind: 'worse', by: 'failure' });
    const finding = verdict.findings.find(({ measure }) => measure === 'failure');
    expect(finding).toMatchObject({ before: 0, after: 0.35, runsBefore: 50, runsAfter: 20 });
  });

  it('does not call failures worse that all schedules share', () => {
    const failing = (place: number) => ({ failed: place >= 0 && place % 3 === 0 });
    const beside = ['b', 'c', 'd'].map((key) => daily(key, BEFORE, 20, failing));
    expect(verdictAfter(20, failing, beside).kind).toBe('no-difference');
  });

  it('calls it improved where it is later no more and the others are', () => {
    const verdict = verdictAfter(20, fromMerge({ minutesLate: 15 }));
    expect(verdict).toMatchObject({ kind: 'improved', by: 'lateness' });
  });

  it('gives a move no credit for what drift has done, nor the blame', () => {
    for (const minutesLate of [15, 240]) {
      const drifted = fromMerge({ minutesLate });
      const beside = ['b', 'c', 'd'].map((key) => daily(key, BEFORE, 20, drifted));
      expect(verdictAfter(20, drifted, beside).kind).toBe('no-difference');
    }
  });

  it('says nothing of lateness where no schedule was left alone', () => {
    expect(verdictAfter(20, fromMerge({ minutesLate: 15 }), []).kind).toBe('no-difference');
  });

  it('names only the schedule that got worse', () => {
    const verdict = judge({
      since: MERGED,
      now: MERGED + 20 * DAY_MS,
      moved: [daily('a', BEFORE, 20), daily('b', BEFORE, 20, fromMerge({ seconds: 1_500 }))],
      beside: [],
    });
    expect(verdict).toMatchObject({ kind: 'worse', worse: ['b'] });
  });

  it('stays inconclusive for a weekly schedule, and says what is missing', () => {
    const weekly = (key: string): Series => {
      const { runs } = daily(key, 70, 15);
      return { key, runs: runs.filter((_, at) => at % 7 === 0) };
    };
    const verdict = judge({
      since: MERGED,
      now: MERGED + 15 * DAY_MS,
      moved: [weekly('a')],
      beside: [weekly('b')],
    });
    expect(verdict.kind).toBe('inconclusive');
    expect(verdict.missing).toEqual(['5 more runs of `a`']);
    expect(isFinal(verdict, MERGED)).toBe(false);
    expect(isFinal({ ...verdict, at: MERGED + 60 * DAY_MS }, MERGED)).toBe(true);
    expect(isDue(MERGED, MERGED + 13 * DAY_MS)).toBe(false);
  });
});
