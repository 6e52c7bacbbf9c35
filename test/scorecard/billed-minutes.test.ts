import { describe, expect, it } from 'vitest';
import { newTrack } from '../../src/jobs/job-track.ts';
import type { WorkflowJobs } from '../../src/jobs/learned-jobs.ts';
import { billedMinutesOf } from '../../src/scorecard/billed-minutes.ts';
import { NIGHTLY, sampleRun } from '../history/sample-run.ts';

const run = (id: number, over: Parameters<typeof sampleRun>[2] = {}) =>
  sampleRun(id, '2026-05-04T02:00:00Z', { path: NIGHTLY, durationSeconds: 600, ...over });
const track = (name: string, runs: number[], billed: number[]) => ({
  ...newTrack({ name, labels: ['ubuntu-latest'] }),
  runs,
  billed,
});
/** Runs 1 and 2 had a build of ten minutes and three tests of four minutes in all. */
const jobs = {
  workflows: {
    [NIGHTLY]: {
      jobs: { build: track('build', [1, 2], [10, 10]), test: track('test', [1, 2], [4, 4]) },
    } as unknown as WorkflowJobs,
  },
};

describe('the runner minutes of a run', () => {
  it('are those of all its jobs where these were seen', () => {
    expect(billedMinutesOf(jobs, [run(1), run(2)])(run(1))).toBe(14);
  });

  it('are as many times those of one job as in the runs whose jobs were seen, where its own were not', () => {
    const minutesOf = billedMinutesOf(jobs, [run(1), run(2), run(3, { durationSeconds: 1_190 })]);
    expect(minutesOf(run(3, { durationSeconds: 1_190 }))).toBeCloseTo(20 * 1.4, 9);
    expect(minutesOf(run(1, { attempt: 2 }))).toBeCloseTo(14, 9);
  });

  it('are those of one job where none was ever seen', () => {
    const minutesOf = billedMinutesOf(undefined, [run(1)]);
    expect(minutesOf(run(1, { durationSeconds: 61 }))).toBe(2);
    expect(minutesOf(run(1, { durationSeconds: 0 }))).toBe(1);
    expect(minutesOf(run(1, { durationSeconds: null }))).toBeNull();
  });
});
