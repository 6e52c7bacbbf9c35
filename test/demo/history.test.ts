import { describe, expect, it } from 'vitest';
import { parseCron } from '../../src/cron/parse.ts';
import { ticksBetween } from '../../src/cron/ticks.ts';
import { generateHistory, type HistoryEvent, type HistoryOptions } from '../../src/demo/history.ts';
import { DEMO_WORKFLOWS } from '../../src/demo/workflows.ts';

const DAY_MS = 86_400_000;
const OPTIONS: HistoryOptions = {
  workflows: DEMO_WORKFLOWS,
  from: Date.UTC(2026, 5, 1),
  days: 60,
  headSha: 'a'.repeat(40),
  defaultBranch: 'main',
  actor: 'maintainer',
  seed: 7,
  firstId: 1000,
};
const history = generateHistory(OPTIONS);

function completed(path: string): readonly HistoryEvent[] {
  return history.filter(
    ({ kind, run }) => kind === 'completed' && run.attempt === 1 && run.path.endsWith(path),
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function latenessHours(path: string, cron: string): readonly number[] {
  const ticks = ticksBetween(parseCron(cron), 'UTC', OPTIONS.from, OPTIONS.from + 60 * DAY_MS);
  return completed(path).map(({ run }) => {
    const tick = ticks.findLast((time) => time <= run.createdAt) ?? Number.NaN;
    return (run.createdAt - tick) / 3_600_000;
  });
}

describe('generateHistory', () => {
  it('tells the same history for the same seed and another for another', () => {
    expect(generateHistory(OPTIONS)).toEqual(history);
    expect(generateHistory({ ...OPTIONS, seed: 8 })).not.toEqual(history);
  });

  it('is ordered by time, and completes only what was requested', () => {
    const requested = new Set<number>();
    let last = 0;
    for (const event of history) {
      expect(event.at).toBeGreaterThanOrEqual(last);
      last = event.at;
      if (event.kind === 'requested') requested.add(event.run.id);
      else expect(requested).toContain(event.run.id);
    }
  });

  it('is late by hours after midnight, and drops few daily ticks', () => {
    const late = latenessHours('nightly-build.yml', '0 0 * * *');
    expect(late.length).toBeGreaterThan(54);
    expect(late.length).toBeLessThanOrEqual(60);
    expect(median(late)).toBeGreaterThan(1.2);
    expect(median(late)).toBeLessThan(3.5);
  });

  it('fires an hourly schedule a handful of times a day, as GitHub did', () => {
    const perDay = completed('warm-caches.yml').length / 60;
    expect(perDay).toBeGreaterThan(5);
    expect(perDay).toBeLessThan(20);
  });

  it('shifts the level of the security scan, and splits the cache runs in two', () => {
    const scans = completed('security-scan.yml').filter(({ run }) => run.conclusion === 'success');
    const seconds = ({ run }: HistoryEvent) => (run.endedAt - run.startedAt) / 1000;
    const shift = OPTIONS.from + 34 * DAY_MS;
    const before = median(scans.filter(({ at }) => at < shift).map(seconds));
    const after = median(scans.filter(({ at }) => at > shift + DAY_MS).map(seconds));
    expect(after / before).toBeGreaterThan(1.5);
    const warm = completed('warm-caches.yml').filter(({ run }) => run.conclusion === 'success');
    const between = warm.map(seconds).filter((value) => value > 210 && value < 350);
    expect(between.length / warm.length).toBeLessThan(0.1);
  });

  it('takes three times as long on Mondays where the workflow has a long day', () => {
    const stale = completed('stale-issues.yml').filter(({ run }) => run.conclusion === 'success');
    const seconds = (isMonday: boolean) =>
      stale
        // Started by the tick at 01:30, at most a day late.
        .filter(({ run }) => (new Date(run.createdAt - 90 * 60_000).getUTCDay() === 1) === isMonday)
        .map(({ run }) => (run.endedAt - run.startedAt) / 1000);
    expect(median(seconds(true)) / median(seconds(false))).toBeGreaterThan(2.6);
  });

  it('has failures, re-runs, jobs, and pushes beside the schedules', () => {
    const runs = history.map(({ run }) => run);
    expect(new Set(runs.map(({ event }) => event))).toEqual(new Set(['schedule', 'push', 'pull_request']));
    expect(runs.some(({ conclusion }) => conclusion === 'failure')).toBe(true);
    expect(runs.some(({ attempt }) => attempt === 2)).toBe(true);
    expect(history.some(({ kind }) => kind === 'job')).toBe(true);
  });
});
