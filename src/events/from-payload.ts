import type { Run } from '../history/run.ts';
import type { StartedRun } from '../on-time/started-run.ts';
import type { SeenRepository } from '../usecases/known-repository.ts';
import type { SeenPull } from '../usecases/proposals/follow-pull-request.ts';
import { pathWithoutRef } from '../workflow/paths.ts';
import type { Payload } from './payloads.ts';

/* From GitHub's field names to the house's own, at the only place that knows both. */

type InRepository = Pick<Payload<'push'>, 'repository' | 'installation'>;

/** The repository a payload is about; `null` where no installation of the App stands behind it. */
export function seenRepository({ repository, installation }: InRepository): SeenRepository | null {
  if (installation === undefined || installation === null) return null;
  return {
    id: repository.id,
    installationId: installation.id,
    owner: repository.owner.login,
    name: repository.name,
    defaultBranch: repository.default_branch,
    archived: repository.archived,
    fork: repository.fork,
    private: repository.private,
  };
}

/** GitHub's own ids begin at 1. A run is known by its file; the id of its workflow is only kept. */
const UNKNOWN_WORKFLOW = 0;

/** A run as the payload has it; what only jobs and ticks can tell is `null`. */
export function seenRun({ action, workflow_run: run }: Payload<'workflow_run'>): Run {
  const ended = action === 'completed';
  const startedAt = Date.parse(run.run_started_at ?? run.created_at);
  const endedAt = Date.parse(run.updated_at);
  return {
    id: run.id,
    attempt: run.run_attempt,
    workflowId: run.workflow_id ?? UNKNOWN_WORKFLOW,
    path: pathWithoutRef(run.path ?? ''),
    event: run.event,
    headSha: run.head_sha,
    headBranch: run.head_branch ?? null,
    actor: run.actor?.login ?? null,
    createdAt: Date.parse(run.created_at),
    startedAt,
    endedAt: ended ? endedAt : null,
    conclusion: ended ? run.conclusion : null,
    jobsStartedAt: null,
    jobsEndedAt: null,
    durationSeconds: ended ? Math.max(0, (endedAt - startedAt) / 1_000) : null,
    queueSeconds: null,
    scheduleKey: null,
    tick: null,
    ambiguous: false,
  };
}

/** The same run, as those see it who start workflows. */
export function startedRun(run: Run): StartedRun {
  const { id, attempt, path, event, actor, createdAt, endedAt, conclusion } = run;
  const state = endedAt === null ? 'waiting' : 'ended';
  return { id, attempt, path, event, actor, createdAt, state, conclusion, endedAt };
}

export function seenPull({ pull_request: pull }: Payload<'pull_request'>): SeenPull {
  return {
    number: pull.number,
    url: pull.html_url,
    author: pull.user?.login ?? '',
    body: pull.body ?? null,
    branch: pull.head.ref,
    headSha: pull.head.sha,
    merged: pull.merged ?? false,
    createdAt: Date.parse(pull.created_at),
    updatedAt: Date.parse(pull.updated_at),
  };
}
