import { describe, expect, it } from 'vitest';
import type { Run } from '../../src/history/run.ts';
import { scheduledShare } from '../../src/scorecard/scheduled-steps.ts';
import { DAY_MS, HOUR_MS } from '../../src/time.ts';
import { sampleRun } from '../history/sample-run.ts';

const SCHEDULES = [{ cron: '41 3,9,15,21 * * *', timezone: 'UTC' }];
const FIRST = Date.UTC(2026, 5, 1, 3, 41);

/** The run of the nth tick, two hours late. */
const run = (nth: number, over: Partial<Run> = {}): Run =>
  sampleRun(nth + 1, new Date(FIRST + (6 * nth + 2) * HOUR_MS).toISOString(), over);
const runs = (count: number): Run[] => Array.from({ length: count }, (_, nth) => run(nth));

describe('the uptime of an Action', () => {
  it('is whole where a run came for every tick, however late', () => {
    expect(scheduledShare(SCHEDULES, runs(40), FIRST + 10 * DAY_MS)).toBe(1);
  });

  it('lacks ticks that no run came for, and runs that failed', () => {
    const some = runs(40).filter((_, nth) => nth !== 7 && nth !== 20);
    expect(scheduledShare(SCHEDULES, some, FIRST + 10 * DAY_MS)).toBe(38 / 40);
    const failed = some.with(3, run(3, { conclusion: 'failure' }));
    expect(scheduledShare(SCHEDULES, failed, FIRST + 10 * DAY_MS)).toBe(37 / 40);
  });

  it('lacks the time since the last run, once GitHub will not come any more', () => {
    expect(scheduledShare(SCHEDULES, runs(20), FIRST + 5 * DAY_MS)).toBe(1);
    expect(scheduledShare(SCHEDULES, runs(20), FIRST + 10 * DAY_MS + 11 * HOUR_MS)).toBeCloseTo(20 / 40, 6);
  });

  it('is told of the last thirty days alone', () => {
    const old = Array.from({ length: 4 }, (_, nth) => run(nth));
    const recent = Array.from({ length: 80 }, (_, nth) => run(160 + nth));
    expect(scheduledShare(SCHEDULES, [...old, ...recent], FIRST + 60 * DAY_MS)).toBe(1);
  });

  it('is not known before a run by schedule came, or where the workflow has no schedule', () => {
    expect(scheduledShare(SCHEDULES, [], FIRST)).toBeNull();
    expect(scheduledShare(SCHEDULES, [run(1, { event: 'workflow_dispatch' })], FIRST + DAY_MS)).toBeNull();
    expect(scheduledShare([], runs(4), FIRST + DAY_MS)).toBeNull();
  });
});
