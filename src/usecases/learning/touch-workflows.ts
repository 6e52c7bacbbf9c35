import type { Context } from '../context.ts';
import { meetRepository, type SeenRepository } from '../known-repository.ts';
import { readVersionIfKnown } from './read-version.ts';

/**
 * Crons of the default branch may have changed: reads them at the pushed commit, `sha`, which has replaced `replaced`.
 * What is known of a schedule follows it.
 */
export async function touchWorkflows(
  context: Context,
  seen: SeenRepository,
  sha: string,
  replaced?: string,
): Promise<void> {
  const state = await meetRepository(context, seen);
  const before = replaced === undefined ? {} : { before: replaced };
  // Whoever has pushed it away has told of another commit.
  await readVersionIfKnown(context, state, { ref: sha, ...before });
}
