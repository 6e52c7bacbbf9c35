import { OffbeatError } from '../../errors.ts';
import type { Run } from '../../history/run.ts';
import { scheduleKey } from '../../history/run.ts';
import { widestJobs } from '../../workflow/job-graph.ts';
import { readWorkflowFiles } from '../../workflow/read-repository.ts';
import type { Context } from '../context.ts';
import type { RepositoryState, ScheduleVersion, WorkflowSources } from '../ports.ts';
import { unlessRefused } from '../refusals.ts';

const HOUR_MS = 3_600_000;

/**
 * How long the crons last read are taken to be those of a commit not read itself. Pushes that touch workflow files
 * are announced by webhook; this bounds the harm of one that was missed, and the price of asking.
 */
const REREAD_AFTER_MS = 24 * HOUR_MS;

/**
 * How long after an edit a run may still be one of the crons before it: GitHub takes its time to notice, and hours of
 * lateness are common. Longer, and a late run of the new cron would be taken for a punctual one of the old.
 */
const EDIT_SETTLES_MS = 24 * HOUR_MS;

export type ScheduleEntries = ScheduleVersion['entries'];

/** Crons and widths of one reading of the workflow directory. */
export function scheduleVersion(sources: WorkflowSources, now: number): ScheduleVersion {
  const files = readWorkflowFiles(sources.files);
  const entries = files.flatMap(({ schedules }) =>
    schedules.map(({ path, index, cron, timezone }) => ({
      key: scheduleKey(path, index),
      path,
      cron,
      timezone,
    })),
  );
  const widths = files.map(({ path, jobs }) => [path, widestJobs(jobs)] as const);
  return {
    sha: sources.sha,
    seenAt: now,
    entries,
    widths: Object.fromEntries(widths.filter(([, width]) => width > 1)),
  };
}

/** Jobs side by side of a file as it was seen last: by its graph, 1 where nothing is known of it. */
export function widthOf(
  { scheduleVersions }: Pick<RepositoryState, 'scheduleVersions'>,
  path: string,
): number {
  return newestVersion(scheduleVersions)?.widths?.[path] ?? 1;
}

/**
 * Crons that may have fired a scheduled run: those at its commit and, for a run that was late over an edit, those that
 * the edit has replaced. None where GitHub does not show them, or no longer knows the commit. Asks GitHub only where nothing
 * read so far can answer.
 */
export async function schedulesInForce(
  context: Context,
  state: RepositoryState,
  run: Run,
): Promise<ScheduleEntries> {
  const own = await versionFor(context, state, run);
  if (own === null) return [];
  return [...entriesOf(own, run.path), ...entriesReplaced(state.scheduleVersions, own, run)];
}

/** The version whose crons were seen in force last, which need not be the one read last. */
export function newestVersion(versions: readonly ScheduleVersion[]): ScheduleVersion | undefined {
  return versions.reduce<ScheduleVersion | undefined>(
    (newest, version) => (newest === undefined || version.seenAt >= newest.seenAt ? version : newest),
    undefined,
  );
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
    const replaced = entries.filter((entry) => !current.some((other) => sameTicks(entry, other)));
    if (replaced.length > 0) return run.createdAt - since < EDIT_SETTLES_MS ? replaced : [];
    since = version.seenAt;
  }
  return [];
}

function entriesOf(version: ScheduleVersion, path: string): ScheduleEntries {
  return version.entries.filter((entry) => entry.path === path);
}

function sameTicks(one: ScheduleEntries[number], other: ScheduleEntries[number]): boolean {
  return one.cron === other.cron && one.timezone === other.timezone;
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

/** The same; `null` where GitHub knows no such commit, since somebody has pushed it away. */
export async function readVersionIfKnown(
  context: Context,
  state: RepositoryState,
  at: CommitToRead,
): Promise<ScheduleVersion | null> {
  try {
    return await readVersion(context, state, at);
  } catch (error) {
    if (!(error instanceof OffbeatError) || error.code !== 'not-found') throw error;
    context.log.info({ repositoryId: state.profile.id, sha: at.ref }, 'GitHub knows a commit no longer');
    return null;
  }
}

/** Which commit is read, and since when its crons were in force. */
interface CommitToRead {
  /** The default branch's newest where none is named. */
  readonly ref?: string;
  /** The commit that a push has replaced by it. */
  readonly before?: string;
  /** Epoch ms; now where it is not given. */
  readonly seenAt?: number;
}

/** Reads the crons at a commit and remembers them. Throws `not-found` where GitHub knows no such commit. */
export async function readVersion(
  context: Context,
  state: RepositoryState,
  { ref, before, seenAt = context.clock.now() }: CommitToRead = {},
): Promise<ScheduleVersion> {
  const { reader } = await context.github.connect(state.profile);
  const version = firstSeen(state, scheduleVersion(await reader.workflowSources(ref, before), seenAt));
  await context.store.apply(state.profile.id, { scheduleVersions: [version] });
  return version;
}

/** A commit that is read again was in force since it was seen first. */
export function firstSeen(state: RepositoryState, version: ScheduleVersion): ScheduleVersion {
  const known = state.scheduleVersions.find(({ sha }) => sha === version.sha);
  return known === undefined ? version : { ...version, seenAt: Math.min(known.seenAt, version.seenAt) };
}
