import { z } from 'zod';
import { Conclusion, type Run } from '../history/run.ts';
import { pathWithoutRef } from '../workflow/paths.ts';

/** A time as GitHub writes it, in epoch ms. */
export const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** The fields that are read of a run as `GET /repos/{owner}/{repo}/actions/runs` lists it. */
export const RestRun = z.object({
  id: z.number().int(),
  run_attempt: z
    .number()
    .int()
    .positive()
    .nullish()
    .transform((attempt) => attempt ?? 1),
  workflow_id: z.number().int(),
  path: z.string(),
  event: z.string(),
  status: z.string().nullish(),
  conclusion: Conclusion.nullable().catch(null),
  head_sha: z.string(),
  head_branch: z.string().nullish(),
  actor: z.object({ login: z.string() }).nullish().catch(null),
  created_at: Time,
  run_started_at: Time.nullish(),
  updated_at: Time,
});
export type RestRun = z.infer<typeof RestRun>;

/** The runs of a list; those of GitHub's own dynamic workflows lack fields, and are none of ours. */
export function runsFromRest(listed: readonly unknown[]): readonly Run[] {
  return listed.flatMap((run) => {
    const read = RestRun.safeParse(run);
    return read.success ? [runFromRest(read.data)] : [];
  });
}

/** A listed run in the house's own words. A list shows the newest attempt only. */
export function runFromRest(run: RestRun): Run {
  const ended = run.status === 'completed';
  const startedAt = run.run_started_at ?? run.created_at;
  return {
    id: run.id,
    attempt: run.run_attempt,
    workflowId: run.workflow_id,
    path: pathWithoutRef(run.path),
    event: run.event,
    headSha: run.head_sha,
    headBranch: run.head_branch ?? null,
    actor: run.actor?.login ?? null,
    createdAt: run.created_at,
    startedAt,
    endedAt: ended ? run.updated_at : null,
    conclusion: ended ? run.conclusion : null,
    jobsStartedAt: null,
    jobsEndedAt: null,
    durationSeconds: ended ? Math.max(0, (run.updated_at - startedAt) / 1_000) : null,
    queueSeconds: null,
    scheduleKey: null,
    tick: null,
    ambiguous: false,
  };
}
