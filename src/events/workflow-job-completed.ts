import { observeJob } from '../usecases/learning/observe-run.ts';
import type { RepositoryHandler } from './handler.ts';

/** A job has ended: its times are the best measure of how long its run took. */
export const workflowJobCompleted: RepositoryHandler<'workflow_job'> = async (
  context,
  seen,
  { workflow_job: job },
) => {
  if (job.started_at === null || job.completed_at === null) return;
  await observeJob(context, seen, {
    id: job.id,
    runId: job.run_id,
    attempt: job.run_attempt,
    createdAt: Date.parse(job.created_at ?? job.started_at),
    startedAt: Date.parse(job.started_at),
    endedAt: Date.parse(job.completed_at),
  });
};
