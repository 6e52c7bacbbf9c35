import { OffbeatError } from '../../errors.ts';
import type { Context } from '../context.ts';

/**
 * Does work that needs GitHub. While GitHub takes no requests it is put off to the next run or maintenance, so that
 * what was learned before stays, and noted: the App was there.
 */
export async function unlessGitHubPauses(
  context: Context,
  repositoryId: number,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof OffbeatError) || !PAUSES.has(error.code)) throw error;
    context.log.info(
      { repositoryId, code: error.code },
      'GitHub takes no requests now; the next run tries again',
    );
    const state = await context.store.load(repositoryId);
    if (state === undefined) return;
    await context.store.apply(repositoryId, { care: { ...state.care, putOffAt: context.clock.now() } });
  }
}

const PAUSES: ReadonlySet<OffbeatError['code']> = new Set([
  'github-busy',
  'github-credentials',
  'github-unreachable',
]);
