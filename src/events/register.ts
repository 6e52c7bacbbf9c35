import type { ApplicationFunction } from 'probot';
import { type EventDependencies, onInstallation, onRepository } from './handler.ts';
import {
  installationCreated,
  installationDeleted,
  installationPermissionsAccepted,
  installationRepositories,
  installationUnsuspended,
} from './installation.ts';
import { issueCommentCreated } from './issue-comment-created.ts';
import { PULL_REQUEST_ACTIONS, pullRequest } from './pull-request.ts';
import { push } from './push.ts';
import { repository } from './repository.ts';
import { workflowJobCompleted } from './workflow-job-completed.ts';
import { workflowRunCompleted, workflowRunRequested } from './workflow-run.ts';

/**
 * Offbeat as an ordinary Probot application: every event that it handles, one handler each. Handling an event twice has
 * the effect of handling it once; a handler throws where the event must be handled again.
 */
export function registerEvents(dependencies: EventDependencies): ApplicationFunction {
  const inRepository = onRepository(dependencies);
  const ofInstallation = onInstallation(dependencies);
  return (app) => {
    app.on('workflow_run.requested', inRepository('workflow_run', workflowRunRequested));
    app.on('workflow_run.completed', inRepository('workflow_run', workflowRunCompleted));
    app.on('workflow_job.completed', inRepository('workflow_job', workflowJobCompleted));
    app.on('push', inRepository('push', push));
    app.on([...PULL_REQUEST_ACTIONS], inRepository('pull_request', pullRequest));
    app.on('issue_comment.created', inRepository('issue_comment', issueCommentCreated));
    app.on('repository', inRepository('repository', repository));
    app.on('installation.created', ofInstallation('installation', installationCreated));
    app.on('installation.unsuspend', ofInstallation('installation', installationUnsuspended));
    app.on('installation.deleted', ofInstallation('installation', installationDeleted));
    app.on(
      'installation.new_permissions_accepted',
      ofInstallation('installation', installationPermissionsAccepted),
    );
    app.on(
      'installation_repositories',
      ofInstallation('installation_repositories', installationRepositories),
    );
  };
}
