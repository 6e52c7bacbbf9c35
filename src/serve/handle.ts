import { OffbeatError } from '../errors.ts';
import type { Job } from '../queue/queue.ts';
import { answerOnce } from '../slash/answer-once.ts';
import { checkConfig } from '../usecases/check-config.ts';
import type { Context } from '../usecases/context.ts';
import { FOLLOWED_ACTIONS, followPullRequest } from '../usecases/follow-pull-request.ts';
import {
  acceptPermissions,
  leaveInstallation,
  leaveRepository,
  welcomeRepository,
} from '../usecases/installation.ts';
import { knownRepository, meetRepository, type SeenRepository } from '../usecases/known-repository.ts';
import { noteRun, observeJob, observeRun } from '../usecases/observe-run.ts';
import { renewProposal } from '../usecases/renew-proposal.ts';
import { TEND_EVENT, tendRepository, worthTending } from '../usecases/tend-repository.ts';
import { touchWorkflows } from '../usecases/touch-workflows.ts';
import { tuneRepository } from '../usecases/tune-repository.ts';
import { worthDeciding } from '../usecases/worth-deciding.ts';
import { type AppEvent, isKnownEvent, type Payload, parseEvent } from '../webhook/events.ts';
import { seenPull, seenRepository, seenRun } from '../webhook/seen.ts';
import { isWorkflowPath } from '../workflow/paths.ts';
import type { Exclusively } from './exclusively.ts';

const CONFIG_PATH = '.github/offbeat.yml';

/**
 * Does what an accepted event asks for. Throws where it must be tried again; doing it twice does no more than once. An
 * event of an installation touches repositories that other jobs may be at work on: it has each of them `alone`.
 */
export async function handleJob(
  context: Context,
  job: Pick<Job, 'event' | 'payload' | 'repositoryId'>,
  alone: Exclusively = (_repositoryId, work) => work(),
): Promise<void> {
  if (job.event === TEND_EVENT) return handleTend(context, job.repositoryId);
  if (!isKnownEvent(job.event)) return;
  const event = parseEvent(job.event, job.payload);
  if (event.name === 'installation' || event.name === 'installation_repositories') {
    return handleInstallation(context, event, alone);
  }
  const seen = seenRepository(event.payload);
  if (seen === null) return;
  return handleInRepository(context, seen, event);
}

async function handleTend(context: Context, repositoryId: number | null): Promise<void> {
  if (repositoryId === null || (await context.store.load(repositoryId)) === undefined) return;
  await unlessGitHubRests(context, repositoryId, () => tendRepository(context, repositoryId));
}

/** What a run has taught is kept whether GitHub answers or not: what is to be done there waits for the next one. */
async function unlessGitHubRests(
  context: Context,
  repositoryId: number,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const rests =
      error instanceof OffbeatError && (error.code === 'github-unreachable' || error.code === 'github-busy');
    if (!rests) throw error;
    context.log.info(
      { repositoryId, code: error.code },
      'GitHub takes no requests now; the next run tries again',
    );
  }
}

type InRepositoryEvent = Exclude<AppEvent, { name: 'installation' | 'installation_repositories' }>;
type InstallationEvent = Extract<AppEvent, { name: 'installation' | 'installation_repositories' }>;

async function handleInRepository(
  context: Context,
  seen: SeenRepository,
  event: InRepositoryEvent,
): Promise<void> {
  switch (event.name) {
    case 'workflow_run':
      return handleRun(context, seen, event.payload);
    case 'workflow_job':
      return handleJobEvent(context, seen, event.payload);
    case 'push':
      return handlePush(context, seen, event.payload);
    case 'pull_request':
      return handlePullRequest(context, seen, event.payload);
    case 'issue_comment':
      return handleComment(context, seen, event.payload);
    case 'repository':
      return handleRepository(context, seen, event.payload);
  }
}

async function handleRun(
  context: Context,
  seen: SeenRepository,
  payload: Payload<'workflow_run'>,
): Promise<void> {
  const run = seenRun(payload);
  if (!isWorkflowPath(run.path)) return;
  if (payload.action === 'requested') return noteRun(context, seen, run);
  if (payload.action !== 'completed') return;
  await observeRun(context, seen, run);
  if (worthDeciding(await knownRepository(context, seen.id), context.clock.now())) {
    await unlessGitHubRests(context, seen.id, () =>
      tuneRepository(context, { repositoryId: seen.id, trigger: 'run' }),
    );
  }
  if (worthTending(await knownRepository(context, seen.id), context.clock.now())) {
    await unlessGitHubRests(context, seen.id, () => tendRepository(context, seen.id));
  }
}

async function handleJobEvent(
  context: Context,
  seen: SeenRepository,
  { action, workflow_job: job }: Payload<'workflow_job'>,
): Promise<void> {
  if (action !== 'completed' || job.started_at === null || job.completed_at === null) return;
  await observeJob(context, seen, {
    id: job.id,
    runId: job.run_id,
    attempt: job.run_attempt,
    createdAt: Date.parse(job.created_at ?? job.started_at),
    startedAt: Date.parse(job.started_at),
    endedAt: Date.parse(job.completed_at),
  });
}

async function handlePush(context: Context, seen: SeenRepository, push: Payload<'push'>): Promise<void> {
  if (push.deleted || push.ref !== `refs/heads/${seen.defaultBranch}`) return;
  const touched = push.commits.flatMap(({ added, modified, removed }) => [...added, ...modified, ...removed]);
  if (touched.some(isWorkflowPath)) {
    await touchWorkflows(context, seen, push.after);
    await renewProposal(context, seen.id);
  }
  if (touched.includes(CONFIG_PATH))
    await tuneRepository(context, { repositoryId: seen.id, trigger: 'push' });
}

/** What gives a pull request another commit to look at. */
const CHECKED_ACTIONS: ReadonlySet<string> = new Set(['opened', 'reopened', 'synchronize']);

async function handlePullRequest(
  context: Context,
  seen: SeenRepository,
  payload: Payload<'pull_request'>,
): Promise<void> {
  const pull = seenPull(payload);
  if (CHECKED_ACTIONS.has(payload.action)) await checkConfig(context, seen, pull);
  const action = FOLLOWED_ACTIONS.find((followed) => followed === payload.action);
  if (action === undefined) return;
  const by = payload.sender?.login ?? payload.pull_request.merged_by?.login ?? '';
  await followPullRequest(context, seen, pull, { action, by });
  if (action === 'closed') await tendRepository(context, seen.id);
}

async function handleComment(
  context: Context,
  seen: SeenRepository,
  { action, comment, issue }: Payload<'issue_comment'>,
): Promise<void> {
  if (action !== 'created' || comment.user === null) return;
  const { profile } = await meetRepository(context, seen);
  await answerOnce(
    {
      id: comment.id,
      issueNumber: issue.number,
      body: comment.body,
      author: comment.user.login,
      authorIsBot: comment.user.type === 'Bot' || comment.user.login.endsWith('[bot]'),
    },
    { context, repositoryId: seen.id },
    () => context.github.connect(profile),
  );
}

async function handleRepository(
  context: Context,
  seen: SeenRepository,
  { action }: Payload<'repository'>,
): Promise<void> {
  if (action === 'deleted') return leaveRepository(context, seen.id);
  // Renamed, transferred, archived, made private: the profile follows.
  await meetRepository(context, seen);
}

async function handleInstallation(
  context: Context,
  event: InstallationEvent,
  alone: Exclusively,
): Promise<void> {
  const { id } = event.payload.installation;
  if (event.name === 'installation_repositories') {
    await welcomeAll(context, id, event.payload.repositories_added, alone);
    for (const removed of event.payload.repositories_removed)
      await alone(removed.id, () => leaveRepository(context, removed.id));
    return;
  }
  switch (event.payload.action) {
    case 'created':
      return welcomeAll(context, id, event.payload.repositories, alone);
    case 'deleted':
      return leaveInstallation(context, id);
    case 'new_permissions_accepted':
      return acceptPermissions(context, id);
    default:
      return;
  }
}

async function welcomeAll(
  context: Context,
  installationId: number,
  repositories: Payload<'installation'>['repositories'],
  alone: Exclusively,
): Promise<void> {
  for (const { id, full_name } of repositories) {
    const [owner, name] = full_name.split('/');
    if (owner === undefined || name === undefined) continue;
    await alone(id, () => welcomeRepository(context, { id, installationId, owner, name }));
  }
}
