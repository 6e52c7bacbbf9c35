import { OffbeatError } from '../../errors.ts';
import type { Context } from '../context.ts';

/**
 * Does work that needs GitHub; while GitHub takes no requests it is put off to the repository's next run or maintenance,
 * so that what was learned before stays. Throws everything else that the work throws.
 */
export async function unlessGitHubPauses(
  context: Context,
  repositoryId: number,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const isPaused =
      error instanceof OffbeatError && (error.code === 'github-unreachable' || error.code === 'github-busy');
    if (!isPaused) throw error;
    context.log.info(
      { repositoryId, code: error.code },
      'GitHub takes no requests now; the next run tries again',
    );
  }
}
