import { observeJob } from '../usecases/learning/observe-run.ts';
import type { RepositoryHandler } from './handler.ts';

/** A job has ended: it is learned, and its times are the best measure of how long its run took. */
export const workflowJobCompleted: RepositoryHandler<'workflow_job'> = async (
  context,
  seen,
  { workflow_job: job },
) => {
  const { started_at, completed_at } = job;
  if (typeof started_at !== 'string' || typeof completed_at !== 'string') return;
  await observeJob(context, seen, {
    id: job.id,
    runId: job.run_id,
    attempt: job.run_attempt,
    createdAt: Date.parse(job.created_at ?? started_at),
    startedAt: Date.parse(started_at),
    endedAt: Date.parse(completed_at),
    name: job.name ?? undefined,
    labels: job.labels ?? [],
    conclusion: job.conclusion ?? null,
  });
};
