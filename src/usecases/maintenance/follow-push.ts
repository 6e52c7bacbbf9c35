import { CONFIG_PATH } from '../../config/parse.ts';
import { openProposalOf } from '../../proposal/record.ts';
import { wasRearranged } from '../../proposal/revision.ts';
import { isWorkflowPath } from '../../workflow/paths.ts';
import type { Context } from '../context.ts';
import { knownRepository, meetRepository, type SeenRepository } from '../known-repository.ts';
import { touchWorkflows } from '../learning/read-version.ts';
import { newestVersion } from '../learning/schedule-version.ts';
import { refreshOnTime } from '../on-time/read-files.ts';
import { planRepository } from '../planning/plan-repository.ts';
import type { RepositoryState } from '../ports.ts';
import { retryRefused, unlessRefused } from '../unless-refused.ts';
import { runMaintenance } from './run-maintenance.ts';

export interface SeenPush {
  readonly headSha: string;
  /** The commit that it has replaced. */
  readonly before: string;
  /** Files that it has added, modified or removed; `null` where its commits are not all listed. */
  readonly paths: readonly string[] | null;
}

/** Follows a push to the default branch: reads changed workflow files, and plans anew by a changed config. */
export async function followPush(
  context: Context,
  seen: SeenRepository,
  { headSha, before, paths }: SeenPush,
): Promise<void> {
  // The webhook that told of its installation may have been lost.
  await meetRepository(context, seen);
  const changed = paths ?? (await changedPaths(context, seen, { headSha, before }));
  // What nobody knows of may have changed.
  const touchesWorkflows = changed?.some(isWorkflowPath) ?? true;
  const touchesConfig = changed?.includes(CONFIG_PATH) ?? true;
  if (touchesWorkflows || touchesConfig) await retryRefused(context, seen.id);
  if (touchesWorkflows) {
    await unlessRefused(context, seen.id, 'workflow files', () =>
      touchWorkflows(context, seen, headSha, before),
    );
    await unlessRefused(context, seen.id, 'planning', () => renewProposal(context, seen.id));
  }
  if (touchesWorkflows || touchesConfig) {
    await unlessRefused(context, seen.id, 'on time', async () => {
      const { profile } = await knownRepository(context, seen.id);
      await refreshOnTime(context, seen.id, await context.github.connect(profile));
    });
  }
  if (touchesConfig) {
    await unlessRefused(context, seen.id, 'planning', () =>
      planRepository(context, { repositoryId: seen.id, trigger: 'push' }),
    );
  }
}

/** Files in which the branch differs from what it was; `null` where GitHub cannot tell. */
async function changedPaths(
  context: Context,
  seen: SeenRepository,
  { before, headSha }: Pick<SeenPush, 'before' | 'headSha'>,
): Promise<readonly string[] | null> {
  const { profile } = await meetRepository(context, seen);
  const { reader } = await context.github.connect(profile);
  return (await reader.changedPaths?.(before, headSha)) ?? null;
}

/** Plans again at once where the open pull request moves crons that are not there any more, or stand elsewhere. */
export async function renewProposal(context: Context, repositoryId: number): Promise<void> {
  if (!isStale(await knownRepository(context, repositoryId))) return;
  // The crons are gone too after its merge, of which the event may not have come yet.
  await runMaintenance(context, repositoryId);
  if (!isStale(await knownRepository(context, repositoryId))) return;
  await planRepository(context, { repositoryId, trigger: 'push' });
}

function isStale({ proposals, scheduleVersions, decisions }: RepositoryState): boolean {
  const open = openProposalOf(proposals);
  const entries = newestVersion(scheduleVersions)?.entries;
  if (open === undefined || entries === undefined) return false;
  const carried = decisions.find(({ id }) => id === open.decisionId);
  if (wasRearranged(open, carried)) return true;
  return open.moves.some(({ key, from }) => entries.find((entry) => entry.key === key)?.cron !== from);
}
