import { createKeyedMutex } from '../../keyed-mutex.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import { createOnTimeDispatcher } from './dispatcher.ts';
import { refreshOnTime } from './read-files.ts';

/** Turns to find the repository, visit it, ask for runs and look for them. The rest waits for the next call. */
const MOST_TURNS = 5;

/** Does once for one repository what a server does every minute. Resolves when no request is in progress. */
export async function serveOnce(context: Context, repositoryId: number): Promise<void> {
  const { profile } = await knownRepository(context, repositoryId);
  const connected = await context.github.connect(profile);
  if (!(await refreshOnTime(context, repositoryId, connected))) return;
  const work = { context: async () => context, change: createKeyedMutex() };
  const now = (): number => context.clock.now();
  let isDue = true;
  const dispatcher = createOnTimeDispatcher(work, now, (at) => {
    if (at <= now()) isDue = true;
  });
  for (let turn = 0; isDue && turn < MOST_TURNS; turn += 1) {
    isDue = false;
    dispatcher.wake();
    await dispatcher.idle();
  }
  await dispatcher.stop();
}
