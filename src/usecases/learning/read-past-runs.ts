import { OffbeatError } from '../../errors.ts';
import { DAY_MS } from '../../time.ts';
import type { Context } from '../context.ts';
import { changeCare, knownRepository } from '../known-repository.ts';
import type { ConnectedRepository } from '../ports.ts';
import { backfill } from './backfill.ts';
import { newestVersion } from './schedule-version.ts';
import { unwatchedSpan } from './unwatched.ts';

/** Past days that a newly known repository is learned from: enough for a first decision, and few pages to list. */
const DAYS_BACK = 30;

/**
 * Learns once what GitHub still lists of the past, so that nobody waits weeks for the first finding. Where runs cannot
 * be listed for now, the next visit tries again.
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

/** So far back lists are read again; what is older stays unknown. */
const MOST_DAYS = 30;

/** Notes the time until now as unwatched where neither maintenance nor any run was there for too long. */
export async function noteUnwatched(context: Context, repositoryId: number): Promise<void> {
  const state = await knownRepository(context, repositoryId);
  const unwatched = unwatchedSpan(state, context.clock.now());
  if (unwatched === null || state.care.unwatched !== undefined) return;
  await context.store.apply(repositoryId, { care: { ...state.care, unwatched } });
}

/** Reads the run lists of a time that nobody has watched; where that fails, the next maintenance tries again. */
export async function readUnwatched(
  context: Context,
  repositoryId: number,
  connected: () => Promise<ConnectedRepository>,
): Promise<void> {
  const now = context.clock.now();
  const state = await knownRepository(context, repositoryId);
  const span = state.care.unwatched;
  if (span === undefined) return;
  if ((await connected()).reader.runs === undefined) return;
  const days = Math.min(MOST_DAYS, Math.ceil((now - span.from) / DAY_MS));
  try {
    const { listed, learned } = await backfill(context, repositoryId, days);
    context.log.info({ repositoryId, days, listed, learned }, 'read the runs of a time nobody watched');
  } catch (error) {
    if (error instanceof OffbeatError) throw error;
    context.log.warn({ repositoryId, err: error }, 'the runs of a time nobody watched could not be listed');
    return;
  }
  await changeCare(context, repositoryId, ({ unwatched: _, ...care }) => care);
}
