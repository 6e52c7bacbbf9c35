import type { LeftIssue, OnTimeState } from '../../on-time/state.ts';
import { renderFailuresLeft } from '../../render/on-time-failures.ts';
import type { Context } from '../context.ts';
import type { ConnectedRepository } from '../ports.ts';
import { unlessRefused } from '../unless-refused.ts';
import { LONGEST_WRITE_MS } from './follow-file.ts';
import { gitHubNow } from './github-now.ts';
import { servingModeOf } from './serving-mode.ts';

/**
 * Closes the open issues about failures of files that are not on time any more: nothing else would. What cannot be
 * closed now is closed by a later call. `isThere` says whether a file still has a schedule.
 */
export async function closeLeftIssues(
  context: Context,
  repositoryId: number,
  connected: ConnectedRepository,
  isThere: (path: string) => boolean,
): Promise<void> {
  const state = await context.store.load(repositoryId);
  const { writer } = connected;
  if (state === undefined || state.onTime === null || writer === null) return;
  if (servingModeOf(context, state.profile, state.onTime, null).kind === 'paused') return;
  const now = gitHubNow(context, connected.dispatcher);
  for (const issue of state.onTime.leftIssues) {
    // Whoever writes it would open it again.
    if (now - (issue.tellingSince ?? 0) <= LONGEST_WRITE_MS || connected.writesLeft?.() === 0) continue;
    const { title, body } = renderFailuresLeft(issue.path, isThere(issue.path) ? 'off' : 'gone');
    const { kind } = await unlessRefused(context, repositoryId, 'notice', () =>
      writer.closeIssue(title, body),
    );
    if (kind === 'done') await forget(context, repositoryId, issue);
  }
}

async function forget(context: Context, repositoryId: number, { path }: LeftIssue): Promise<void> {
  const before = (await context.store.load(repositoryId))?.onTime ?? null;
  if (before === null) return;
  const onTime: OnTimeState = {
    ...before,
    leftIssues: before.leftIssues.filter((one) => one.path !== path),
  };
  await context.store.apply(repositoryId, { onTime, onTimeBefore: before });
}
