import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { abTest, isTreated } from '../../src/simulate/ab.ts';
import { compared, simulate } from '../../src/simulate/compare.ts';
import { execute } from '../../src/simulate/engine.ts';
import { forecastWorld } from '../../src/simulate/forecast-world.ts';
import { measure } from '../../src/simulate/measure.ts';
import { startedRuns } from '../../src/simulate/runs.ts';
import { jobShares } from '../../src/simulate/shares.ts';
import type { SimulatedJob, SimulatedSchedule, TickOutcome, World } from '../../src/simulate/world.ts';
import { forecastOf } from '../plan/fixtures.ts';

/** A Monday. */
const FROM = Date.UTC(2026, 8, 7);
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const WEEK = FROM + 7 * DAY_MS;

const JOB: SimulatedJob = { needs: [], width: 1, runners: 'standard', pricePerMinute: 0 };

function scheduleAt(cron: string, more: Partial<SimulatedSchedule> = {}): SimulatedSchedule {
  return {
    key: cron,
    cron,
    timezone: 'UTC',
    jobs: [JOB],
    finishByMinute: null,
    concurrencyGroup: null,
    ...more,
  };
}

/** A world where every tick brings the same, unless said otherwise. */
function worldOf(
  always: Partial<TickOutcome> = {},
  limits: Readonly<Record<string, number>> = {},
  outcomeOf: (place: number, tick: number, ordinal: number) => Partial<TickOutcome> = () => ({}),
): World {
  return {
    jobLimits: limits,
    others: [],
    outcomeOf: (place, tick, ordinal) => ({
      lateMinutes: 0,
      merges: false,
      seconds: 600,
      fails: false,
      ...always,
      ...outcomeOf(place, tick, ordinal),
    }),
  };
}

function play(schedules: readonly SimulatedSchedule[], world: World) {
  const started = startedRuns(schedules, world, FROM, WEEK);
  const execution = execute(schedules, started.runs, world);
  return { started, execution, measures: measure(schedules, started, execution, FROM, WEEK) };
}

describe('simulated runs', () => {
  it('start as late as the world says; dropped ticks have none', () => {
    const { runs, lost } = startedRuns(
      [scheduleAt('0 3 * * *')],
      worldOf({ lateMinutes: 25 }, {}, (_, __, ordinal) => (ordinal === 2 ? { lateMinutes: null } : {})),
      FROM,
      WEEK,
    );
    expect(runs).toHaveLength(6);
    expect(lost).toEqual([1]);
    expect(runs[0]?.createdAt).toBe(FROM + (3 * 60 + 25) * MINUTE_MS);
  });

  it('merge into the next tick only where that is due before they are created', () => {
    const merging = worldOf({ lateMinutes: 90, merges: true });
    expect(startedRuns([scheduleAt('0 * * * *')], merging, FROM, FROM + DAY_MS).lost).toEqual([23]);
    expect(startedRuns([scheduleAt('0 */2 * * *')], merging, FROM, FROM + DAY_MS).lost).toEqual([0]);
  });
});

describe('simulated jobs', () => {
  it('share a run along its critical path', () => {
    const needs = (...places: number[]): SimulatedJob => ({ ...JOB, needs: places });
    const work = (jobs: readonly SimulatedJob[]) => jobShares(jobs).map((share) => share.work);
    expect(work([JOB])).toEqual([1]);
    expect(work([JOB, needs(0), needs(1), JOB])).toEqual([1 / 3, 1 / 3, 1 / 3, 1]);
    expect(work([needs(1), needs(0)]).every((share) => share > 0 && share <= 1)).toBe(true);
  });

  it('end when the run ends, whatever the graph, while runners are free', () => {
    const graph = fc
      .array(fc.array(fc.nat(5), { maxLength: 2 }), { minLength: 1, maxLength: 6 })
      .map((all) =>
        all.map((needs, at) => ({ ...JOB, needs: [...new Set(needs.filter((need) => need < at))] })),
      );
    fc.assert(
      fc.property(graph, (jobs) => {
        const { execution, started } = play([scheduleAt('0 3 * * *', { jobs })], worldOf());
        execution.endedAt.forEach((end, at) => {
          expect((end ?? 0) - (started.runs[at]?.createdAt ?? 0)).toBeCloseTo(600_000, 3);
        });
      }),
    );
  });

  it('wait before their work as learned, without taking a runner', () => {
    const jobs = [{ ...JOB, runners: 'gpu', pricePerMinute: 1, share: { work: 0.4, wait: 0.6 } }];
    const { execution, measures } = play([scheduleAt('0 3 * * *', { jobs })], worldOf({}, { gpu: 1 }));
    expect((execution.endedAt[0] ?? 0) - (FROM + 3 * 60 * MINUTE_MS)).toBe(600_000);
    expect(measures).toMatchObject({ queueMinutes: 6, costUsd: 7 * 4, runnerMinutes: 7 * 4 });
  });

  it('of other repositories take runners, and are not measured', () => {
    const elsewhere = Array.from({ length: 7 }, (_, day) => ({
      at: FROM + day * DAY_MS + 175 * MINUTE_MS,
      seconds: 1_200,
      runners: 'gpu',
      elsewhere: true,
    }));
    const nightly = scheduleAt('0 3 * * *', { jobs: [{ ...JOB, runners: 'gpu' }] });
    const world = { ...worldOf({}, { gpu: 1 }), others: elsewhere };
    const { execution, measures } = play([nightly], world);
    expect(execution.jobs).toHaveLength(7);
    expect(measures.queueMinutes).toBeCloseTo(15, 6);
    expect(measures).toMatchObject({ peakJobs: 1, overlapMinutes: 0 });
  });

  it('run on runners of any name', () => {
    const odd = scheduleAt('0 3 * * *', { jobs: [{ ...JOB, runners: 'constructor' }] });
    expect(play([odd], worldOf({}, { gpu: 1 })).execution.jobs).toHaveLength(7);
  });

  it('wait for a runner, first come first served, and never exceed the limit', () => {
    const crowd = Array.from({ length: 3 }, (_, at) =>
      scheduleAt('0 3 * * *', { key: `w${at}`, jobs: [{ ...JOB, width: 2 }] }),
    );
    const { execution, measures } = play(crowd, worldOf({}, { standard: 2 }));
    expect(measures.peakJobs).toBe(2);
    expect(measures.queueMinutes).toBeCloseTo(10, 6);
    expect(measures.completionMinutes).toBeCloseTo(20, 6);
    expect(execution.jobs).toHaveLength(3 * 2 * 7);
    expect(measures.overlapMinutes).toBe(0);
  });

  it('of one concurrency group wait for each other; a third replaces the second', () => {
    const group = ['0 3 * * *', '2 3 * * *', '4 3 * * *'].map((cron) =>
      scheduleAt(cron, { concurrencyGroup: 'deploy' }),
    );
    const { execution } = play(group, worldOf());
    const ends = execution.endedAt
      .slice(0, 3)
      .map((end) => (end === null ? null : (end - FROM) / MINUTE_MS - 180));
    expect(ends).toEqual([10, null, 20]);
  });
});

describe('measures', () => {
  it('count overlap by pairs of jobs of different runs', () => {
    const two = [scheduleAt('0 3 * * *', { jobs: [{ ...JOB, width: 3 }] }), scheduleAt('5 3 * * *')];
    expect(play(two, worldOf()).measures.overlapMinutes).toBeCloseTo(7 * 5 * 3, 6);
  });

  it('count a late and a lost run against the deadline, and minutes begun as whole ones', () => {
    const schedule = scheduleAt('0 3 * * *', {
      finishByMinute: 210,
      jobs: [{ ...JOB, pricePerMinute: 0.01 }],
    });
    const { measures } = play(
      [schedule],
      worldOf({ seconds: 601 }, {}, (_, __, ordinal) => ({
        lateMinutes: [30, null, 0, 0, 0, 0, 0][ordinal] ?? null,
      })),
    );
    expect(measures.lateShare).toBeCloseTo(2 / 7, 9);
    expect(measures.lostShare).toBeCloseTo(1 / 7, 9);
    expect(measures.costUsd).toBeCloseTo(6 * 11 * 0.01, 9);
  });

  it('have an interval that contains the mean difference and shrinks with agreement', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.double({ min: 0, max: 9, noNaN: true }), fc.double({ min: 0, max: 9, noNaN: true })),
          {
            minLength: 2,
            maxLength: 12,
          },
        ),
        (pairs) => {
          const one = compared(
            pairs.map(([before]) => before),
            pairs.map(([, after]) => after),
          );
          expect(one.low).toBeLessThanOrEqual(one.difference);
          expect(one.high).toBeGreaterThanOrEqual(one.difference);
          expect(one.after - one.before).toBeCloseTo(one.difference, 9);
        },
      ),
    );
    expect(compared([5, 6, 7], [3, 4, 5])).toEqual({
      before: 6,
      after: 4,
      difference: -2,
      low: -2,
      high: -2,
    });
  });
});

describe('a simulation of forecasts', () => {
  const late = (hour: number): number => (hour < 4 ? 120 : 15);
  const schedules = ['0 2 * * *', '0 2 * * *', '30 2 * * *'].map((cron, at) => ({
    ...scheduleAt(cron, { key: `w${at}` }),
    forecast: forecastOf({ late }),
  }));
  const worldAt = (seed: number, from: number, to: number): World =>
    forecastWorld(
      { schedules, jobLimits: {}, background: Array.from({ length: 2016 }, () => 0.5) },
      seed,
      from,
      to,
    );
  const request = { worldOf: worldAt, from: FROM, days: 14, repetitions: 6, seed: 3, before: schedules };

  it('finds no difference where nothing changes, and is the same for the same seed', () => {
    const same = simulate({ ...request, after: schedules });
    expect(same.moved).toBe(0);
    expect([same.completionMinutes.low, same.completionMinutes.high]).toEqual([0, 0]);
    expect(simulate({ ...request, after: schedules })).toEqual(same);
  });

  it('finds a better hour better by about as much as forecast', () => {
    const after = schedules.map((schedule, at) => ({ ...schedule, cron: `${at * 20} 5 * * *` }));
    const { completionMinutes, overlapMinutes, moved, load } = simulate({ ...request, after });
    expect(moved).toBe(3);
    expect(completionMinutes.high).toBeLessThan(-80);
    expect(completionMinutes.low).toBeGreaterThan(-160);
    expect(overlapMinutes.after).toBeLessThan(overlapMinutes.before);
    const meanLoad = load.before.reduce((sum, jobs) => sum + jobs, 0) / 24;
    expect(meanLoad).toBeCloseTo(0.5 + (3 * 20) / 1440, 1);
  });

  it('splits schedules for an A/B the same way every time, and finds the effect', () => {
    const many = Array.from({ length: 60 }, (_, at) => ({
      ...scheduleAt('0 2 * * *', { key: `k${at}` }),
      forecast: forecastOf({ late }),
    }));
    const world = (seed: number, from: number, to: number): World =>
      forecastWorld({ schedules: many, jobLimits: {}, background: [] }, seed, from, to);
    const ab = { worldOf: world, from: FROM, days: 14, seed: 1, before: many, share: 0.5 };
    const found = abTest({ ...ab, after: many.map((one) => ({ ...one, cron: '0 6 * * *' })) });
    expect(found.treated + found.control).toBe(60);
    expect(found.treated).toBe(many.filter(({ key }) => isTreated(key, 0.5)).length);
    expect(found.high).toBeLessThan(-50);
    expect(found.sampleNeeded).toBeLessThan(60);
    const none = abTest({ ...ab, after: many });
    expect(none.low).toBeLessThanOrEqual(0);
    expect(none.high).toBeGreaterThanOrEqual(0);
  });
});
