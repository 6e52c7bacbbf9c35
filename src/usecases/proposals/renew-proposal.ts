import { openProposalOf } from '../../proposal/record.ts';
import { wasRearranged } from '../../proposal/revision.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import { newestVersion } from '../learning/schedule-version.ts';
import { runMaintenance } from '../maintenance/run-maintenance.ts';
import { planRepository } from '../planning/plan-repository.ts';
import type { RepositoryState } from '../ports.ts';

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
