import { z } from 'zod';
import { Conclusion, JOBS_KEPT } from '../history/run.ts';
import type { JobTimes } from '../usecases/ports.ts';
import { type GitHubClient, PER_PAGE, type RepositoryName } from './client.ts';
import { Time } from './rest-run.ts';

/** The fields that are read of a job of `GET /repos/…/actions/runs/{id}/attempts/{attempt}/jobs`. */
const RestJob = z.object({
  id: z.number().int(),
  conclusion: Conclusion.nullable().catch(null),
  name: z.string().nullish(),
  labels: z.array(z.string()).nullish().catch(null),
  created_at: Time.nullish(),
  started_at: Time,
  completed_at: Time,
});

/** Times of the jobs of one attempt that have run, in no order. */
export function listJobs(
  client: GitHubClient,
  name: RepositoryName,
  { id, attempt }: { readonly id: number; readonly attempt: number },
): Promise<readonly JobTimes[]> {
  let read = 0;
  const asked = { ...name, run_id: id, attempt_number: attempt, per_page: PER_PAGE };
  return client.paginate(client.rest.actions.listJobsForWorkflowRunAttempt, asked, ({ data }, done) => {
    const jobs = data.flatMap(timesOf);
    read += jobs.length;
    if (read >= JOBS_KEPT) done();
    return jobs;
  });
}

/** A job that was skipped, or has not ended, has no times of its own. */
function timesOf(job: unknown): readonly JobTimes[] {
  const { success, data } = RestJob.safeParse(job);
  if (!success || data.conclusion === 'skipped' || data.completed_at < data.started_at) return [];
  const { id, started_at: startedAt, completed_at: endedAt, conclusion } = data;
  const createdAt = data.created_at ?? startedAt;
  const name = data.name ?? undefined;
  const labels = data.labels ?? undefined;
  return [{ id, createdAt, startedAt, endedAt, name, labels, conclusion }];
}
