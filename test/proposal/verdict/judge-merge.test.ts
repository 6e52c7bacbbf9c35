import { describe, expect, it } from 'vitest';
import { isDue, isFinal, judgeMerge } from '../../../src/proposal/verdict/judge-merge.ts';
import type { Series, SeriesRun } from '../../../src/proposal/verdict/series.ts';
import { DAY_MS, daily, MERGED } from './series.ts';

const BEFORE = 50;

/** The verdict so many days after the merge, one run a day. */
function verdictAfter(
  days: number,
  run: (place: number) => Partial<SeriesRun>,
  beside: readonly Series[] = [daily('b', BEFORE, days), daily('c', BEFORE, days)],
) {
  return judgeMerge({
    since: MERGED,
    now: MERGED + days * DAY_MS,
    moved: [daily('a', BEFORE, days, run)],
    beside,
  });
}

const fromMerge = (change: Partial<SeriesRun>) => (place: number) => (place >= 0 ? change : {});

describe('a verdict', () => {
  it('finds no difference where nothing changed, after a fortnight at the earliest', () => {
    expect(verdictAfter(10, () => ({})).kind).toBe('inconclusive');
    expect(verdictAfter(10, () => ({})).missing).toEqual(['4 more days']);
    expect(verdictAfter(14, () => ({})).kind).toBe('no-difference');
    expect(verdictAfter(40, () => ({})).kind).toBe('no-difference');
  });

  it('reports harm before the fortnight is over', () => {
    const verdict = verdictAfter(9, fromMerge({ seconds: 1_200 }));
    expect(verdict).toMatchObject({ kind: 'worse', by: 'duration', worse: ['a'] });
  });

  it.each([
    ['one failed run', 1, { failed: true }, 'inconclusive'],
    ['two failed runs', 2, { failed: true }, 'worse'],
    ['six runs of double length', 6, { seconds: 1_200 }, 'inconclusive'],
    ['seven runs of double length', 7, { seconds: 1_200 }, 'worse'],
  ])('calls nothing worse before the evidence reaches 40: %s', (_, days, change, kind) => {
    expect(verdictAfter(days, fromMerge(change)).kind).toBe(kind);
  });

  it('calls failures worse that were not there before', () => {
    const verdict = verdictAfter(20, (place) => ({ failed: place >= 0 && place % 3 === 0 }));
    expect(verdict).toMatchObject({ kind: 'worse', by: 'failure' });
    const finding = verdict.findings.find(({ measure }) => measure === 'failure');
    expect(finding).toMatchObject({ before: 0, after: 0.35, runsBefore: 50, runsAfter: 20 });
  });

  it('finds no difference where all schedules fail more often', () => {
    const failing = (place: number) => ({ failed: place >= 0 && place % 3 === 0 });
    const beside = ['b', 'c', 'd'].map((key) => daily(key, BEFORE, 20, failing));
    expect(verdictAfter(20, failing, beside).kind).toBe('no-difference');
  });

  it('finds an improvement where the schedule is late no more and the others still are', () => {
    const verdict = verdictAfter(20, fromMerge({ minutesLate: 15 }));
    expect(verdict).toMatchObject({ kind: 'improved', by: 'lateness' });
  });

  it('neither credits nor blames a move for drift', () => {
    for (const minutesLate of [15, 240]) {
      const drifted = fromMerge({ minutesLate });
      const beside = ['b', 'c', 'd'].map((key) => daily(key, BEFORE, 20, drifted));
      expect(verdictAfter(20, drifted, beside).kind).toBe('no-difference');
    }
  });

  it('draws no conclusion from lateness where there is no unmoved schedule', () => {
    expect(verdictAfter(20, fromMerge({ minutesLate: 15 }), []).kind).toBe('no-difference');
  });

  it('names only the schedule that got worse', () => {
    const verdict = judgeMerge({
      since: MERGED,
      now: MERGED + 20 * DAY_MS,
      moved: [daily('a', BEFORE, 20), daily('b', BEFORE, 20, fromMerge({ seconds: 1_500 }))],
      beside: [],
    });
    expect(verdict).toMatchObject({ kind: 'worse', worse: ['b'] });
  });

  it('is inconclusive for a weekly schedule after two weeks, and says what is missing', () => {
    const weekly = (key: string): Series => {
      const { runs } = daily(key, 70, 15);
      return { key, runs: runs.filter((_, at) => at % 7 === 0) };
    };
    const verdict = judgeMerge({
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
