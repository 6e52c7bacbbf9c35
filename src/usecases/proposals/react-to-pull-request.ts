import type { Context } from '../context.ts';
import type { SeenRepository } from '../known-repository.ts';
import { runMaintenance } from '../maintenance/run-maintenance.ts';
import { checkConfig } from './check-config.ts';
import { FOLLOWED_ACTIONS, followPullRequest, type SeenPull } from './follow-pull-request.ts';

/** Actions that give a pull request another commit to check. */
const CHECKED_ACTIONS: ReadonlySet<string> = new Set(['opened', 'reopened', 'synchronize']);

/** Checks the config file in a pull request and updates its proposal. `action`: GitHub's, `by`: a login. */
export async function reactToPullRequest(
  context: Context,
  seen: SeenRepository,
  pull: SeenPull,
  done: { readonly action: string; readonly by: string },
): Promise<void> {
  if (CHECKED_ACTIONS.has(done.action)) await checkConfig(context, seen, pull);
  const action = FOLLOWED_ACTIONS.find((followed) => followed === done.action);
  if (action === undefined) return;
  await followPullRequest(context, seen, pull, { action, by: done.by });
  if (action === 'closed') await runMaintenance(context, seen.id);
}
