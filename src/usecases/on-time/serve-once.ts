import { createKeyedMutex } from '../../keyed-mutex.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import { createOnTimeDispatcher } from './dispatcher.ts';
import { refreshOnTime } from './read-files.ts';

/** To look round, to visit, to ask, and to look what was answered; what still waits then waits for the next time. */
const MOST_TURNS = 5;

/**
 * Does once for the ticks of one repository what a server does at every minute: asks for those that are due, and looks
 * what became of those before. Resolves when nothing is under way. Doing it again at once has the effect of doing it
 * once.
 */
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
