import { describe, expect, it } from 'vitest';
import { monthCosts, nextMonth, runCost } from '../../src/jobs/cost.ts';
import { emptyJobs, learnJobs } from '../../src/jobs/learned-jobs.ts';
import type { ObservedJob } from '../../src/jobs/observed-job.ts';
import { DAY_MS } from '../../src/time.ts';
import { MONDAY, observed, PATH } from './observed.ts';

const priceOf = (labels: readonly string[]): number => (labels.includes('macos-15') ? 0.062 : 0.006);
const workflowOf = (jobs: readonly ObservedJob[]) => {
  const workflow = learnJobs(emptyJobs(), jobs).workflows[PATH];
  if (workflow === undefined) throw new Error('Nothing was learned.');
  return workflow;
};

describe('the cost of a run', () => {
  it('rounds every job up to a minute, a matrix job by job, and prices it by its runner', () => {
    const jobs = [
      observed(1, { runId: 1, name: 'test (a)', worked: 61 }),
      observed(2, { runId: 1, name: 'test (b)', worked: 10 }),
      observed(3, { runId: 1, name: 'app', worked: 300, labels: ['macos-15'] }),
    ];
    expect(runCost(workflowOf(jobs), priceOf)).toEqual({
      minutes: 8,
      usd: 5 * 0.062 + 3 * 0.006,
      observations: 1,
      byLabels: [
        { labels: 'macos-15', minutes: 5, usd: 5 * 0.062 },
        { labels: 'ubuntu-latest', minutes: 3, usd: 3 * 0.006 },
      ],
    });
  });

  it('spreads a job that seldom runs over all runs', () => {
    const jobs = Array.from({ length: 10 }, (_, run) => [
      observed(2 * run, { runId: run, at: 3_600 * run, worked: 60 }),
      ...(run === 0 ? [observed(1, { runId: 0, name: 'deploy', worked: 600 })] : []),
    ]).flat();
    expect(runCost(workflowOf(jobs), priceOf)?.minutes).toBeCloseTo(2);
  });

  it('is nothing that anybody knows where no job was seen', () => {
    expect(runCost({ jobs: {} }, priceOf)).toBeNull();
  });
});

it('sums up months at the prices of today', () => {
  const jobs = [
    observed(1, { worked: 61 }),
    observed(2, { at: 40 * 86_400, labels: ['macos-15'], worked: 60 }),
  ];
  expect(monthCosts(workflowOf(jobs), priceOf)).toEqual([
    { month: '2026-11', minutes: 2, usd: 0.012 },
    { month: '2026-12', minutes: 1, usd: 0.062 },
  ]);
});

describe('the next month', () => {
  const daily = (days: number, every = 1): number[] =>
    Array.from({ length: Math.floor(days / every) }, (_, day) => MONDAY + day * every * DAY_MS);

  it('has as many runs as the last weeks, and an interval around them', () => {
    const forecast = nextMonth(daily(56), 3, MONDAY + 56 * DAY_MS);
    expect(forecast?.runs).toBeCloseTo(30.4, 1);
    expect(forecast?.minutes).toBeCloseTo(91.3, 1);
    expect(forecast?.low).toBeLessThan(forecast?.minutes ?? 0);
    expect(forecast?.high).toBeGreaterThan(forecast?.minutes ?? 0);
  });

  it('is less sure where weeks differ', () => {
    const uneven = daily(56).flatMap((at, day) =>
      Math.floor(day / 7) % 2 === 0 ? [at, at + 1, at + 2] : [],
    );
    const [even, wild] = [daily(56), uneven].map((starts) => nextMonth(starts, 1, MONDAY + 56 * DAY_MS));
    expect((wild?.high ?? 0) - (wild?.low ?? 0)).toBeGreaterThan(2 * ((even?.high ?? 0) - (even?.low ?? 0)));
  });

  it('is not told after a week', () => {
    expect(nextMonth(daily(8), 3, MONDAY + 8 * DAY_MS)).toBeNull();
  });
});
