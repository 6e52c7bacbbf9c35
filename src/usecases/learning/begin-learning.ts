import { OffbeatError } from '../../errors.ts';
import type { Context } from '../context.ts';
import { changeCare, knownRepository } from '../known-repository.ts';
import type { ConnectedRepository } from '../ports.ts';
import { backfill } from './backfill.ts';
import { newestVersion } from './schedule-version.ts';

/** Past days that a newly known repository is learned from: enough for a first decision, and few pages to list. */
const DAYS_BACK = 30;

/**
 * Learns once what GitHub still lists of a repository's past, so that nobody waits weeks for the first finding. Whoever
 * has no schedules is asked nothing. Where runs cannot be listed for now the rest goes on, and the next visit tries
 * again.
 */
export async function beginLearning(
  context: Context,
  repositoryId: number,
  connected: () => Promise<ConnectedRepository>,
): Promise<void> {
  const { care, scheduleVersions } = await knownRepository(context, repositoryId);
  const schedules = newestVersion(scheduleVersions)?.entries ?? [];
  if (care.backfilledAt !== undefined || schedules.length === 0) return;
  if ((await connected()).reader.runs === undefined) return;
  try {
    const { listed, learned } = await backfill(context, repositoryId, DAYS_BACK);
    context.log.info({ repositoryId, listed, learned }, 'learned from past runs');
  } catch (error) {
    if (error instanceof OffbeatError) throw error;
    context.log.warn({ repositoryId, err: error }, 'past runs could not be listed');
    return;
  }
  await changeCare(context, repositoryId, (now) => ({ ...now, backfilledAt: context.clock.now() }));
}
