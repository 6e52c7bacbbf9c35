import { reactToPullRequest } from '../usecases/proposals/react-to-pull-request.ts';
import { seenPull } from './from-payload.ts';
import type { RepositoryHandler } from './handler.ts';

/** What people do with a pull request that matters to its proposal, or gives the config another commit to check. */
export const PULL_REQUEST_ACTIONS = [
  'pull_request.opened',
  'pull_request.reopened',
  'pull_request.synchronize',
  'pull_request.edited',
  'pull_request.closed',
] as const;

/** A pull request has changed: its config file is checked, and the proposal that it carries follows. */
export const pullRequest: RepositoryHandler<'pull_request'> = async (context, seen, payload) => {
  const by = payload.sender?.login ?? payload.pull_request.merged_by?.login ?? '';
  await reactToPullRequest(context, seen, seenPull(payload), { action: payload.action, by });
};
