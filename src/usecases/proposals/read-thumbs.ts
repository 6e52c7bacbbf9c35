import { shouldReadThumbs } from '../../proposal/move-preferences.ts';
import type { RepositoryOnGitHub } from '../repository-on-github.ts';

/** Newest pull requests whose reactions are read in one visit: each is a request. */
const MOST_READ = 3;

/** Reads 👍 and 👎 on the newest pull requests, and keeps what has changed. Nothing else waits for it. */
export async function readThumbs(onGitHub: RepositoryOnGitHub): Promise<void> {
  const { context, id } = onGitHub;
  const { proposals } = await onGitHub.latest();
  const now = context.clock.now();
  const wanted = proposals.filter((proposal) => shouldReadThumbs(proposal, now)).slice(-MOST_READ);
  for (const { pullNumber } of wanted) {
    const thumbs = await (await onGitHub.connected()).reader.thumbs?.(pullNumber);
    const latest = (await onGitHub.latest()).proposals.find((one) => one.pullNumber === pullNumber);
    if (thumbs === undefined || thumbs === null || latest === undefined) continue;
    const { up, down } = latest.thumbs ?? { up: 0, down: 0 };
    if (thumbs.up === up && thumbs.down === down) continue;
    await context.store.apply(id, { proposals: [{ ...latest, thumbs }] });
  }
}
