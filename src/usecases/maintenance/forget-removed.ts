import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { Store } from '../ports.ts';

const DAY_MS = 86_400_000;
/** An App that was removed by mistake, or for a while, finds its history again. */
const KEPT_AFTER_REMOVAL_DAYS = 30;

/** Deletes everything of repositories that were left long enough ago; returns how many. */
export async function forgetRemoved({
  store,
  clock,
  log,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<number> {
  const leftBefore = clock.now() - KEPT_AFTER_REMOVAL_DAYS * DAY_MS;
  let forgotten = 0;
  for (const { id, removedAt: seen } of await store.profiles()) {
    if (seen === null || seen > leftBefore) continue;
    // Read again right before: the App may have been installed once more meanwhile.
    const removedAt = (await store.load(id))?.profile.removedAt ?? null;
    if (removedAt === null || removedAt > leftBefore) continue;
    await store.delete(id);
    log.info({ repositoryId: id }, 'A repository that was left is forgotten');
    forgotten += 1;
  }
  return forgotten;
}
