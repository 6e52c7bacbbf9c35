import { shouldReadThumbs } from '../../proposal/move-preferences.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import type { ConnectedRepository } from '../ports.ts';

/** Newest pull requests whose reactions are read in one visit: each is a request. */
const MOST_READ = 3;

/** Reads 👍 and 👎 on the newest pull requests, and keeps what has changed. Nothing else waits for it. */
export async function readThumbs(
  context: Context,
  repositoryId: number,
  connected: () => Promise<ConnectedRepository>,
): Promise<void> {
  const { proposals } = await knownRepository(context, repositoryId);
  const now = context.clock.now();
  const wanted = proposals.filter((proposal) => shouldReadThumbs(proposal, now)).slice(-MOST_READ);
  for (const { pullNumber } of wanted) {
    const thumbs = await (await connected()).reader.thumbs?.(pullNumber);
    const latest = (await knownRepository(context, repositoryId)).proposals.find(
      (one) => one.pullNumber === pullNumber,
    );
    if (thumbs === undefined || thumbs === null || latest === undefined) continue;
    const { up, down } = latest.thumbs ?? { up: 0, down: 0 };
    if (thumbs.up === up && thumbs.down === down) continue;
    await context.store.apply(repositoryId, { proposals: [{ ...latest, thumbs }] });
  }
}
