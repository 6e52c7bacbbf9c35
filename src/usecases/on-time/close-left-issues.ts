import type { OnTimeFile } from '../../on-time/state.ts';
import { renderFailuresLeft } from '../../render/on-time-failures.ts';
import type { Context } from '../context.ts';
import type { ConnectedRepository, RepositoryState } from '../ports.ts';
import { unlessRefused } from '../refusals.ts';
import { standingOf } from './standing.ts';

/**
 * Closes the open issues about failures of files that are not on time any more: nothing would close them later.
 * `isThere` says whether a file still has a schedule. While Offbeat is paused, nothing is closed. Calling it twice is
 * harmless.
 */
export async function closeLeftIssues(
  context: Context,
  { profile, onTime }: RepositoryState,
  { writer }: ConnectedRepository,
  left: readonly OnTimeFile[],
  isThere: (path: string) => boolean,
): Promise<void> {
  if (onTime === null || writer === null) return;
  if (standingOf(context, profile, onTime, null).kind === 'paused') return;
  for (const { path, issueFingerprint } of left) {
    if (issueFingerprint === null) continue;
    const { title, body } = renderFailuresLeft(path, isThere(path) ? 'off' : 'gone');
    await unlessRefused(context, profile.id, 'notice', () => writer.closeIssue(title, body));
  }
}
