import { hasSameTicks } from '../../history/identity.ts';
import { fileOf, type Run } from '../../history/run.ts';
import { DAY_MS } from '../../time.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import type { RepositoryState, ScheduleVersion } from '../ports.ts';
import { unlessRefused } from '../unless-refused.ts';
import { readVersionIfKnown } from './read-version.ts';
import { newestVersion, type ScheduleEntries } from './schedule-version.ts';

/**
 * How long the crons last read are taken to be those of another commit. Pushes are announced by webhook; this bounds
 * the harm of one that was missed, and the price of asking.
 */
const REREAD_AFTER_MS = DAY_MS;

/**
 * How long after an edit a run may still be one of the crons before it: GitHub takes its time to notice, and hours of
 * lateness are common. Longer, and a late run of the new cron would be taken for a punctual one of the old.
 */
const EDIT_SETTLES_MS = DAY_MS;

/**
 * Crons that may have fired a scheduled run: those at its commit, and those that a recent edit has replaced. None where
 * GitHub does not show them. Asks GitHub only where nothing read so far can answer.
 */
export async function schedulesInForce(
  context: Context,
  state: RepositoryState,
  run: Run,
): Promise<ScheduleEntries> {
  const own = await versionFor(context, state, run);
  if (own === null) return [];
  // Reading it may have given schedules new keys.
  const { scheduleVersions } = await knownRepository(context, state.profile.id);
  return [...entriesOf(own, run.path), ...entriesReplaced(scheduleVersions, own, run)];
}

/** Most commits leave the crons of a file alone: the edit is where they last differed. */
function entriesReplaced(
  versions: readonly ScheduleVersion[],
  own: ScheduleVersion,
  run: Run,
): ScheduleEntries {
  const current = entriesOf(own, run.path);
  const earlier = versions
    .filter(({ sha, seenAt }) => sha !== own.sha && seenAt <= own.seenAt)
    .toSorted((a, b) => b.seenAt - a.seenAt);
  let since = own.seenAt;
  for (const version of earlier) {
    const entries = entriesOf(version, run.path);
    const replaced = entries.filter((entry) => !current.some((other) => hasSameTicks(entry, other)));
    if (replaced.length > 0) return run.createdAt - since < EDIT_SETTLES_MS ? replaced : [];
    since = version.seenAt;
  }
  return [];
}

/** Entries of a file, by the path that it has now. */
function entriesOf(version: ScheduleVersion, path: string): ScheduleEntries {
  return version.entries.filter(({ key }) => fileOf(key) === path).map((entry) => ({ ...entry, path }));
}

async function versionFor(
  context: Context,
  state: RepositoryState,
  run: Run,
): Promise<ScheduleVersion | null> {
  const exact = state.scheduleVersions.find((version) => version.sha === run.headSha);
  if (exact !== undefined) return exact;
  const newest = newestVersion(state.scheduleVersions);
  const now = context.clock.now();
  if (newest !== undefined && now - newest.seenAt < REREAD_AFTER_MS && run.createdAt >= newest.seenAt)
    return newest;
  // The run shows that these crons stood when it was created; an edit since then must stay the newest.
  const read = await unlessRefused(context, state.profile.id, 'workflow files', () =>
    readVersionIfKnown(context, state, { ref: run.headSha, seenAt: run.createdAt }),
  );
  return read.kind === 'done' ? read.value : null;
}
