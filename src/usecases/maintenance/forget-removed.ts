import { withRepositoryForgotten } from '../../proposal/deployment.ts';
import { DAY_MS } from '../../time.ts';
import type { Context } from '../context.ts';
import type { Deployments } from '../ports.ts';

/** An App that was removed by mistake, or for a while, finds its history again. */
const KEPT_AFTER_REMOVAL_DAYS = 30;

/** Deletes what was left long enough ago; returns how many. The deployment's figures stay without a name. */
export async function forgetRemoved(
  context: Pick<Context, 'store' | 'clock' | 'log'> & { readonly deployments: Deployments },
): Promise<number> {
  const { store, deployments, clock, log } = context;
  const leftBefore = clock.now() - KEPT_AFTER_REMOVAL_DAYS * DAY_MS;
  let forgotten = 0;
  for (const { id, removedAt: seen } of await store.profiles()) {
    if (seen === null || seen > leftBefore) continue;
    // Read again right before: the App may have been installed once more meanwhile.
    const removedAt = (await store.load(id))?.profile.removedAt ?? null;
    if (removedAt === null || removedAt > leftBefore) continue;
    // First: a process that dies between the two finds the repository again, and no name is left behind.
    await deployments.change((deployment) => withRepositoryForgotten(deployment, id));
    await store.delete(id);
    log.info({ repositoryId: id }, 'A repository that was left is forgotten');
    forgotten += 1;
  }
  return forgotten;
}
