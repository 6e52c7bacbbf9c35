import { describe, expect, it } from 'vitest';
import { durationTail, trackKey } from '../../src/jobs/job-track.ts';
import { emptyJobs, LearnedJobs, learnJobs, renameJobs } from '../../src/jobs/learned-jobs.ts';
import { baseName, type ObservedJob } from '../../src/jobs/observed-job.ts';
import { weekNumber } from '../../src/time.ts';
import { MONDAY, observed, PATH } from './observed.ts';

const learnt = (jobs: readonly ObservedJob[]) => learnJobs(emptyJobs(), jobs);
const trackOf = (jobs: readonly ObservedJob[], name = 'build', labels = 'ubuntu-latest') => {
  const track = learnt(jobs).workflows[PATH]?.jobs[trackKey({ name, labels })];
  if (track === undefined) throw new Error(`Nothing was learned of ${name}.`);
  return track;
};

it.each([
  ['build', 'build'],
  ['test (ubuntu-latest, 20)', 'test'],
  ['test (a (b), c)', 'test'],
  ['call (arm64) / compile (debug)', 'call / compile'],
  ['Deploy (production) now', 'Deploy (production) now'],
  ['(x)', '(x)'],
])('the base name of %s is %s', (name, base) => {
  expect(baseName(name)).toBe(base);
});

describe('what is learned of jobs', () => {
  it('makes one sample of the jobs of a matrix in one run, in whatever order runs mingle', () => {
    const jobs = [
      observed(1, { runId: 7, name: 'build (a)', worked: 100, waited: 5 }),
      observed(2, { runId: 8, name: 'build (a)', worked: 30 }),
      observed(3, { runId: 7, name: 'build (b)', worked: 130, waited: 40 }),
    ];
    expect(trackOf(jobs)).toMatchObject({
      runs: [7, 8],
      seconds: [130, 30],
      totals: [230, 30],
      queue: [40, 10],
      billed: [5, 1],
      legs: [2, 1],
    });
  });

  it('counts a job once that is told twice', () => {
    const jobs = [observed(1), observed(2)];
    expect(learnt([...jobs, ...jobs])).toEqual(learnt(jobs));
  });

  it('keeps jobs on other runners apart, whatever they are called', () => {
    const { workflows, labels } = learnt([
      observed(1),
      observed(2, { labels: ['constructor'], name: 'constructor' }),
      observed(3, { labels: ['GPU', 'self-hosted'] }),
    ]);
    expect(Object.keys(workflows[PATH]?.jobs ?? {})).toEqual([
      'build [ubuntu-latest]',
      'constructor [constructor]',
      'build [gpu,self-hosted]',
    ]);
    expect(Object.keys(labels)).toEqual(['ubuntu-latest', 'constructor', 'gpu,self-hosted']);
  });

  it('takes no time from jobs that were cancelled or skipped, and finds the skipped one by its name', () => {
    const track = trackOf([
      observed(1, { conclusion: 'skipped', labels: [], worked: 0 }),
      observed(2, { conclusion: 'failure' }),
      observed(3, { conclusion: 'cancelled' }),
      observed(4, { conclusion: 'skipped', labels: [], worked: 0 }),
      observed(5),
    ]);
    expect(track).toMatchObject({ outcomes: 'kfcks', successes: 1, failures: 1, skipped: 2, runs: [2, 5] });
  });

  it('takes the worst outcome of the jobs of a matrix for that of the run', () => {
    const outcomes = (...conclusions: ObservedJob['conclusion'][]) =>
      trackOf(conclusions.map((conclusion, id) => observed(id + 1, { runId: 1, conclusion })));
    expect(outcomes('success', 'failure', 'success')).toMatchObject({
      outcomes: 'f',
      successes: 0,
      failures: 1,
    });
    expect(outcomes('skipped', 'success')).toMatchObject({ outcomes: 's', successes: 1, skipped: 0 });
  });

  it('knows the longest success and the 99.5 % point, and no failure', () => {
    const many = Array.from({ length: 400 }, (_, id) => observed(id + 1, { worked: 100 + id }));
    const failure = observed(999, { worked: 9_000, conclusion: 'failure' });
    expect(durationTail(trackOf([...many, failure]))).toEqual({ longest: 499, q995: 497 });
    expect(durationTail(trackOf([failure]))).toBeNull();
  });

  it('bills every job by the begun minute, in the month in which it started', () => {
    const end = Date.UTC(2026, 10, 30, 23, 59) - MONDAY;
    const { workflows } = learnt([
      observed(1, { worked: 61 }),
      observed(2, { worked: 5 }),
      observed(3, { at: end / 1_000, waited: 120, worked: 60, labels: ['gpu'] }),
    ]);
    expect(workflows[PATH]?.months).toEqual({
      '2026-11': { 'ubuntu-latest': { jobs: 2, minutes: 3 } },
      '2026-12': { gpu: { jobs: 1, minutes: 1 } },
    });
  });

  it('spreads the work over the hours of the week, and lets earlier weeks fade', () => {
    const first = observed(1, { at: 3_540, waited: 30, worked: 90 });
    const { labels } = learnt([first, { ...observed(2, { at: 7 * 86_400, waited: 0, worked: 60 }) }]);
    const use = labels['ubuntu-latest'];
    const week = weekNumber(MONDAY);
    // Hour 0: one job that waited for half a minute and worked for half of one; it fades to nine tenths.
    expect(use?.hours['0']).toEqual([week + 1, 1.9, 1.45, 1, 0, 0.9, 0, 0, 0, 0, 0, 0]);
    expect(use?.hours['1']).toEqual([week, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(use?.weeks).toEqual([
      [week, 1, 1.5, 30],
      [week + 1, 1, 1, 0],
    ]);
  });

  it('stays within its bounds and keeps the newest', () => {
    const jobs = Array.from({ length: 500 }, (_, id) =>
      observed(id + 1, { at: 60 * id, name: `job ${id % 100}`, labels: [`runner-${id % 50}`] }),
    );
    const learned = learnt(jobs);
    const names = Object.values(learned.workflows[PATH]?.jobs ?? {}).map(({ name }) => name);
    expect(names).toHaveLength(60);
    expect(names).toContain('job 99');
    expect(Object.keys(learned.labels)).toHaveLength(40);
    const long = learnt(Array.from({ length: 1_000 }, (_, id) => observed(id + 1, { at: 60 * id })));
    expect(JSON.stringify(long).length).toBeLessThan(12_000);
    expect(LearnedJobs.parse(JSON.parse(JSON.stringify(long)))).toEqual(long);
  });

  it('follows a renamed file', () => {
    const learned = learnt([observed(1)]);
    const renamed = renameJobs(learned, [{ from: PATH, to: 'new.yml' }]);
    expect(renamed.workflows).toEqual({ 'new.yml': learned.workflows[PATH] });
    expect(renameJobs(learned, [{ from: 'other.yml', to: 'new.yml' }])).toBe(learned);
  });
});
