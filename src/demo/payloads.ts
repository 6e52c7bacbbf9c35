import type { Conclusion } from '../history/run.ts';
import type { Json } from './json.ts';

/** What every payload of one repository carries. */
export interface PayloadContext {
  /** The repository as the API shows it. */
  readonly repository: Json;
  readonly installationId: number;
  readonly apiUrl: string;
  readonly sender: Json;
}

/** One attempt of a run as the generator tells it; instants are epoch milliseconds. */
export interface DemoRun {
  readonly id: number;
  readonly attempt: number;
  readonly number: number;
  readonly workflowId: number;
  readonly name: string;
  readonly path: string;
  readonly event: 'schedule' | 'push' | 'pull_request' | 'workflow_dispatch';
  readonly headSha: string;
  readonly headBranch: string;
  readonly actor: string;
  readonly createdAt: number;
  /** Start of this attempt: `createdAt`, or when it was run again. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly conclusion: Conclusion;
  readonly jobs: readonly DemoJob[];
}

export interface DemoJob {
  readonly id: number;
  readonly name: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** How far a run is. */
export type RunAction = 'requested' | 'in_progress' | 'completed';

/** Payload of `workflow_run`, with the fields of GitHub's that carry meaning. */
export function workflowRunPayload(action: RunAction, run: DemoRun, context: PayloadContext): Json {
  const { workflowId: id, name, path } = run;
  return {
    action,
    workflow_run: runView(action, run, context),
    workflow: workflowView({ id, name, path }, context.apiUrl),
    ...sharedFields(context),
  };
}

/** Payload of `workflow_job` when the job has ended. */
export function workflowJobPayload(run: DemoRun, job: DemoJob, context: PayloadContext): Json {
  return { action: 'completed', workflow_job: jobView(run, job, context), ...sharedFields(context) };
}

function sharedFields({ repository, sender, installationId }: PayloadContext): Json {
  return { repository, sender, installation: { id: installationId, node_id: 'demo' } };
}

/** An active workflow as payloads and the API show it. */
export function workflowView(
  { id, name, path }: { readonly id: number; readonly name: string; readonly path: string },
  apiUrl: string,
): Json {
  return {
    id,
    node_id: `W_${id}`,
    name,
    path,
    state: 'active',
    url: `${apiUrl}/actions/workflows/${id}`,
  };
}

/** The run as payloads and the API show it. */
export function runView(action: RunAction, run: DemoRun, context: PayloadContext): Json {
  const url = `${context.apiUrl}/actions/runs/${run.id}`;
  const person = personOf(run.actor);
  const ended = action === 'completed';
  return {
    id: run.id,
    name: run.name,
    node_id: `WFR_${run.id}`,
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.path,
    display_title: run.name,
    run_number: run.number,
    run_attempt: run.attempt,
    event: run.event,
    status: ended ? 'completed' : action === 'requested' ? 'queued' : 'in_progress',
    conclusion: ended ? run.conclusion : null,
    workflow_id: run.workflowId,
    check_suite_id: run.id,
    url,
    jobs_url: `${url}/jobs`,
    previous_attempt_url: run.attempt > 1 ? `${url}/attempts/${run.attempt - 1}` : null,
    pull_requests: [],
    created_at: iso(run.createdAt),
    run_started_at: iso(run.startedAt),
    updated_at: iso(ended ? run.endedAt : run.startedAt),
    actor: person,
    triggering_actor: person,
    referenced_workflows: [],
    head_commit: { id: run.headSha, message: run.name, timestamp: iso(run.createdAt) },
    repository: context.repository,
    head_repository: context.repository,
  };
}

/** The ended job as payloads and the API show it. */
export function jobView(run: DemoRun, job: DemoJob, context: PayloadContext): Json {
  return {
    id: job.id,
    run_id: run.id,
    workflow_name: run.name,
    head_branch: run.headBranch,
    head_sha: run.headSha,
    run_url: `${context.apiUrl}/actions/runs/${run.id}`,
    run_attempt: run.attempt,
    node_id: `CR_${job.id}`,
    url: `${context.apiUrl}/actions/jobs/${job.id}`,
    status: 'completed',
    conclusion: run.conclusion,
    created_at: iso(run.startedAt),
    started_at: iso(job.startedAt),
    completed_at: iso(job.endedAt),
    name: job.name,
    steps: [],
    labels: ['ubuntu-latest'],
    runner_id: 1,
    runner_name: 'GitHub Actions 1',
    runner_group_id: 0,
    runner_group_name: 'GitHub Actions',
  };
}

/** The account of that login, of which no more is known. */
export function personOf(login: string): Json {
  return { login, id: 1, type: login.endsWith('[bot]') ? 'Bot' : 'User', site_admin: false };
}

/** GitHub writes whole seconds. */
export function iso(time: number): string {
  return new Date(Math.floor(time / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
