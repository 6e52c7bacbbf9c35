import { describe, expect, it } from 'vitest';
import { bottlenecksOf } from '../../src/jobs/bottlenecks.ts';
import { criticalPath } from '../../src/jobs/critical-path.ts';
import { matchJobs } from '../../src/jobs/graph.ts';
import { emptyJobs, learnJobs } from '../../src/jobs/learned-jobs.ts';
import type { ObservedJob } from '../../src/jobs/observed-job.ts';
import type { Job } from '../../src/workflow/schedule.ts';
import { seeded } from '../forecast/random.ts';
import { MONDAY, observed, PATH } from './observed.ts';

const HOUR_SECONDS = 3_600;

const job = (id: string, needs: readonly string[] = [], over: Partial<Job> = {}): Job => ({
  id,
  needs,
  width: 1,
  runsOn: ['ubuntu-latest'],
  timeoutMinutes: null,
  uses: null,
  ...over,
});

interface Times {
  readonly at: number;
  readonly worked: number;
  readonly waited?: number;
  readonly conclusion?: ObservedJob['conclusion'];
}

/**
 * The path after thirty runs, an hour apart; `timesOf` gives each job's queueing (seconds after the run's start) and
 * times.
 */
function pathOf(jobs: readonly Job[], timesOf: (run: number) => Readonly<Record<string, Times>>) {
  const told = Array.from({ length: 30 }, (_, run) =>
    Object.entries(timesOf(run)).map(([name, { at, ...times }], place) =>
      observed(100 * run + place, { runId: run, name, at: run * HOUR_SECONDS + at, waited: 0, ...times }),
    ),
  ).flat();
  const tracks = Object.values(learnJobs(emptyJobs(), told).workflows[PATH]?.jobs ?? {});
  const at = MONDAY + 30 * HOUR_SECONDS * 1_000;
  const path = criticalPath(matchJobs(jobs, tracks), { at, random: seeded(7), draws: 400 });
  if (path === null) throw new Error('Nothing was seen.');
  return { ...path, byId: Object.fromEntries(path.jobs.map((one) => [one.id, one])) };
}

describe('the critical path of a graph', () => {
  it('runs through the slower of two branches, and tells the slack of the other', () => {
    const jobs = [
      job('set-up'),
      job('slow', ['set-up']),
      job('fast', ['set-up']),
      job('end', ['slow', 'fast']),
    ];
    const path = pathOf(jobs, () => ({
      'set-up': { at: 0, worked: 60 },
      slow: { at: 60, worked: 600 },
      fast: { at: 60, worked: 200 },
      end: { at: 660, worked: 40 },
    }));
    expect(path.byId.slow).toMatchObject({ medianShare: 1, tailShare: 1 });
    expect(path.byId.fast).toMatchObject({ medianShare: 0, tailShare: 0 });
    expect(path.byId.fast?.slackSeconds).toBeCloseTo(400, -1);
    expect(path.makespan.q50).toBeCloseTo(700, -1);
    expect(path.byId.slow?.gain).toBeCloseTo(300 / 700, 1);
    expect(bottlenecksOf(path).map((one) => [one.job.id, one.kind])).toEqual([['slow', 'work']]);
  });

  it('differs in the slow tail where another job is slow now and then', () => {
    const jobs = [job('steady'), job('moody')];
    const path = pathOf(jobs, (run) => ({
      steady: { at: 0, worked: 300 },
      moody: { at: 0, worked: run % 6 === 3 ? 900 : 200 },
    }));
    expect(path.byId.steady?.medianShare).toBeGreaterThan(0.9);
    expect(path.byId.moody?.tailShare).toBe(1);
    expect(path.makespan.q95).toBeGreaterThan(2 * path.makespan.q50);
  });

  it('names a job that waits for its runner longer than it works', () => {
    const path = pathOf([job('gpu'), job('lint')], () => ({
      gpu: { at: 0, waited: 900, worked: 300 },
      lint: { at: 0, worked: 60 },
    }));
    expect(path.byId.gpu?.waitingShare).toBeCloseTo(0.75);
    expect(bottlenecksOf(path).map((one) => [one.job.id, one.kind])).toEqual([['gpu', 'runner']]);
    expect(path.waitingShare).toBeCloseTo(0.75);
  });

  it('names none where branches are alike, nor a first job of a few seconds', () => {
    const jobs = [job('set-up'), ...['a', 'b', 'c', 'd'].map((id) => job(id, ['set-up']))];
    const random = seeded(3);
    const path = pathOf(jobs, () => ({
      'set-up': { at: 0, worked: 8 },
      ...Object.fromEntries(['a', 'b', 'c', 'd'].map((id) => [id, { at: 8, worked: 250 + 100 * random() }])),
    }));
    expect(path.byId['set-up']?.medianShare).toBe(1);
    expect(bottlenecksOf(path)).toEqual([]);
  });

  it('takes no time for a job in runs like those that skipped it', () => {
    const path = pathOf([job('build'), job('deploy', ['build'])], (run) => ({
      build: { at: 0, worked: 100 },
      ...(run % 4 === 0 ? { deploy: { at: 100, worked: 400 } } : {}),
    }));
    expect(path.byId.deploy?.tailShare).toBe(1);
    expect(path.makespan.q05).toBeLessThan(150);
    expect(path.makespan.q95).toBeGreaterThan(450);
  });

  it('follows an edit of `needs` at once, before any run has shown it', () => {
    const times = () => ({ build: { at: 0, worked: 300 }, test: { at: 300, worked: 300 } });
    expect(pathOf([job('build'), job('test', ['build'])], times).makespan.q50).toBeCloseTo(600, -1);
    expect(pathOf([job('build'), job('test')], times).makespan.q50).toBeCloseTo(300, -1);
  });

  it('takes the span of a called workflow, whose jobs follow each other', () => {
    const path = pathOf([job('call', [], { uses: './x.yml' })], () => ({
      'call / one': { at: 0, worked: 100 },
      'call / two': { at: 100, worked: 200 },
    }));
    expect(path.makespan.q50).toBeCloseTo(300, -1);
  });

  it('is the same for the same chance, and nothing where no job was seen', () => {
    const times = () => ({ build: { at: 0, worked: 300 } });
    expect(pathOf([job('build')], times)).toEqual(pathOf([job('build')], times));
    const none = matchJobs([job('build')], []);
    expect(criticalPath(none, { at: MONDAY, random: seeded(1) })).toBeNull();
  });
});
