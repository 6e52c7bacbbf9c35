import { describe, expect, it } from 'vitest';
import { boundHistory, MonthOfRuns, RUNS_KEPT, sketchQuantile } from '../../src/history/bounded.ts';
import { sampleRun } from './sample-run.ts';

const DAY_MS = 86_400_000;
const START = Date.parse('2025-01-01T03:00:00Z');

function history(count: number) {
  const runs = Array.from({ length: count }, (_, day) =>
    sampleRun(day, new Date(START + day * DAY_MS).toISOString(), {
      durationSeconds: 100 + day,
      conclusion: day % 10 === 0 ? 'failure' : 'success',
      tick: START + day * DAY_MS - 1_800_000,
    }),
  );
  return { runs, months: [] };
}

describe('boundHistory', () => {
  it('leaves a short history alone', () => {
    const short = history(RUNS_KEPT);
    expect(boundHistory(short)).toBe(short);
  });

  it('keeps the newest whole and every older run in a month', () => {
    const bounded = boundHistory(history(RUNS_KEPT + 60));
    expect(bounded.runs).toHaveLength(RUNS_KEPT);
    expect(bounded.runs[0]?.id).toBe(60);
    expect(bounded.months.map((month) => [month.month, month.runs, month.failures])).toEqual([
      ['2025-03', 1, 0],
      ['2025-02', 28, 2],
      ['2025-01', 31, 4],
    ]);
    const january = MonthOfRuns.parse(bounded.months[2]);
    expect((sketchQuantile(january.durationSeconds, 0.5) ?? 0) / 115).toBeCloseTo(1, 1);
    expect((sketchQuantile(january.latenessMinutes, 0.5) ?? 0) / 30).toBeCloseTo(1, 1);
  });

  it('rolls up in two steps as in one', () => {
    const all = history(RUNS_KEPT + 40);
    const part = boundHistory({ runs: all.runs.slice(0, RUNS_KEPT + 15), months: [] });
    const twice = boundHistory({
      runs: [...part.runs, ...all.runs.slice(RUNS_KEPT + 15)],
      months: part.months,
    });
    const once = boundHistory(all);
    expect(twice.runs).toEqual(once.runs);
    expect(new Set(twice.months)).toEqual(new Set(once.months));
  });

  it('never rolls up a run that still goes', () => {
    const { runs } = history(RUNS_KEPT + 1);
    const going = runs.map((run, day) => (day === 0 ? { ...run, endedAt: null, conclusion: null } : run));
    expect(boundHistory({ runs: going, months: [] }).runs).toHaveLength(RUNS_KEPT + 1);
  });
});
