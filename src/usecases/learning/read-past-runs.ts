import { OffbeatError } from '../../errors.ts';
import { DAY_MS } from '../../time.ts';
import type { Context } from '../context.ts';
import { changeCare, knownRepository } from '../known-repository.ts';
import type { ConnectedRepository } from '../ports.ts';
import { backfill } from './backfill.ts';
import { entriesInForce } from './schedule-version.ts';
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
  const state = await knownRepository(context, repositoryId);
  if (state.care.backfilledAt !== undefined || entriesInForce(state).length === 0) return;
  if (!(await backfillIfListed(context, repositoryId, connected, DAYS_BACK, 'first learning'))) return;
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
  const days = Math.min(MOST_DAYS, Math.ceil((now - span.from) / DAY_MS));
  if (!(await backfillIfListed(context, repositoryId, connected, days, 'nobody watched'))) return;
  await changeCare(context, repositoryId, ({ unwatched: _, ...care }) => care);
}

/** False where runs cannot be listed from here, or not for now. The log says `why` they are read. */
async function backfillIfListed(
  context: Context,
  repositoryId: number,
  connected: () => Promise<ConnectedRepository>,
  days: number,
  why: 'first learning' | 'nobody watched',
): Promise<boolean> {
  if ((await connected()).reader.runs === undefined) return false;
  try {
    const { listed, learned } = await backfill(context, repositoryId, days);
    context.log.info({ repositoryId, why, days, listed, learned }, 'learned from past runs');
    return true;
  } catch (error) {
    if (error instanceof OffbeatError) throw error;
    context.log.warn({ repositoryId, why, err: error }, 'past runs could not be listed');
    return false;
  }
}
