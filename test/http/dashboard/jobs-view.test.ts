import { describe, expect, it } from 'vitest';
import { jobsView } from '../../../src/http/dashboard/views/jobs.ts';
import { readWorkflowFile } from '../../../src/workflow/read.ts';
import { emptyState, livedIn } from './states.ts';

const A = '.github/workflows/a.yml';
const B = '.github/workflows/b.yml';
const state = livedIn(
  [
    { path: A, cron: '17 2 * * *' },
    { path: B, cron: '30 5 * * *' },
  ],
  14,
);

describe('the usual run of a workflow', () => {
  it('has its jobs in the order in which they start, waits apart from work', () => {
    const view = jobsView(state, B);
    expect(view?.path).toBe(B);
    expect(view?.rows.map(({ name }) => name)).toEqual(['lint', 'build', 'deploy']);
    const build = view?.rows[1];
    expect(build?.startsAt).toBeCloseTo(20, 0);
    expect(build?.endsAt).toBeGreaterThan(1_300);
    expect(view?.rows[2]?.queuedAt).toBeCloseTo(build?.endsAt ?? 0, -1);
    expect(view?.seconds).toBeCloseTo(view?.rows[2]?.endsAt ?? 0, 0);
  });

  it('follows the critical path back from the job that ended last', () => {
    expect(jobsView(state, A)?.rows.map(({ name, criticalShare }) => [name, criticalShare])).toEqual([
      ['lint', 0],
      ['build', 1],
      ['deploy', 1],
    ]);
  });

  it('has them in the order of the file, whatever their times say', () => {
    // By its times `deploy` waits for `build`; the file says that it waits for `lint`, and `build` for nothing.
    const text = 'on: push\njobs:\n  build: {}\n  lint: {}\n  deploy: { needs: lint }\n';
    const file = readWorkflowFile(A, text);
    expect(jobsView(state, A, [file])?.rows).toMatchObject([
      { name: 'lint', criticalShare: 1, needs: [] },
      { name: 'build', criticalShare: 0, needs: [] },
      { name: 'deploy', criticalShare: 1, needs: ['lint'] },
    ]);
    expect(jobsView(state, B, [file])?.rows[2]).toMatchObject({ name: 'deploy', needs: [] });
  });

  it('is the first workflow’s where another is asked for, and none where no job was seen', () => {
    expect(jobsView(state, 'gone.yml')?.path).toBe(A);
    expect(jobsView(emptyState(), null)).toBeNull();
  });
});
