import { expect, it } from 'vitest';
import { parsePayload } from '../../src/events/payloads.ts';
import { workflowJobCompleted } from '../../src/events/workflow-job-completed.ts';
import { noteRun } from '../../src/usecases/learning/observe-run.ts';
import { NIGHTLY, sampleRun } from '../history/sample-run.ts';
import { fakeContext, SEEN } from '../usecases/fakes.ts';

const REPOSITORY = {
  id: SEEN.id,
  name: SEEN.name,
  owner: { login: SEEN.owner },
  default_branch: 'main',
  private: false,
  fork: false,
};

it('learns jobs as GitHub tells of them, with what it leaves out of skipped ones', async () => {
  const fake = fakeContext({ files: [] });
  const run = sampleRun(7, '2026-05-05T02:30:00Z', { path: NIGHTLY, event: 'push' });
  await noteRun(fake.context, SEEN, { ...run, endedAt: null, conclusion: null, durationSeconds: null });
  const tell = (id: number, over: object) =>
    workflowJobCompleted(
      fake.context,
      SEEN,
      parsePayload('workflow_job', {
        action: 'completed',
        repository: REPOSITORY,
        installation: { id: SEEN.installationId },
        workflow_job: {
          id,
          run_id: run.id,
          run_attempt: 1,
          created_at: '2026-05-05T02:30:00Z',
          started_at: '2026-05-05T02:30:20Z',
          completed_at: '2026-05-05T02:40:20Z',
          name: 'test (20)',
          labels: ['ubuntu-latest'],
          conclusion: 'success',
          ...over,
        },
      }),
    );
  await tell(1, {});
  await tell(2, { name: 'deploy', labels: null, conclusion: 'skipped', started_at: '2026-05-05T02:40:20Z' });
  await tell(3, { name: null });
  await tell(4, { name: 'other', conclusion: 'some_later_word' });
  const { jobs } = (await fake.store.load(SEEN.id)) ?? {};
  expect(jobs?.workflows[NIGHTLY]?.jobs).toMatchObject({
    'test [ubuntu-latest]': { seconds: [600], queue: [20], legs: [1], outcomes: 's', successes: 1 },
    'deploy []': { outcomes: 'k', skipped: 1 },
    'other [ubuntu-latest]': { outcomes: 'c', seconds: [] },
  });
  expect(jobs?.finished).toEqual([1, 2, 4]);
});
