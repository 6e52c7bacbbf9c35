import { OffbeatError } from '../../errors.ts';
import type { Rename } from '../../history/identity.ts';
import { findRenames } from '../../history/renames.ts';
import { keepsSchedule } from '../../workflow/kept-schedule.ts';
import type { Context } from '../context.ts';
import { knownRepository, meetRepository, type SeenRepository } from '../known-repository.ts';
import { orFailure } from '../or-failure.ts';
import type { RepositoryReader, RepositoryState, ScheduleVersion, WorkflowSources } from '../ports.ts';
import { readFilesInTurns } from '../read-in-turns.ts';
import { withVersion } from './follow-schedules.ts';
import { firstSeen, newestVersion, versionOf } from './schedule-version.ts';

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
  const sources = await reader.workflowSources(ref, before);
  return keepVersion(context, state.profile.id, { reader, sources, seenAt });
}

/** The same; `null` where GitHub knows no such commit, since somebody has pushed it away. */
export async function readVersionIfKnown(
  context: Context,
  state: RepositoryState,
  at: CommitToRead,
): Promise<ScheduleVersion | null> {
  return ifKnown(context, state.profile.id, at.ref, () => readVersion(context, state, at));
}

/** What was read of the workflow files at one commit, and since when (epoch ms) its crons were in force. */
interface ReadSources {
  readonly reader: RepositoryReader;
  readonly sources: WorkflowSources;
  readonly seenAt: number;
}

/** Remembers the crons that were read at a commit; what is known of a schedule follows it to its new place. */
export async function keepVersion(
  context: Context,
  repositoryId: number,
  { reader, sources, seenAt }: ReadSources,
): Promise<ScheduleVersion> {
  const read = versionOf(sources.sha, await readFilesInTurns(sources.files), seenAt);
  const before = newestVersion((await knownRepository(context, repositoryId)).scheduleVersions);
  const renames = await renamesSince(context, repositoryId, reader, sources, before, read);
  const state = await knownRepository(context, repositoryId);
  const version = firstSeen(state, read);
  const kept = new Set(sources.files.filter(({ text }) => keepsSchedule(text)).map(({ path }) => path));
  const change = withVersion(state, version, { renames, now: context.clock.now(), kept });
  await context.store.apply(repositoryId, change);
  return change.scheduleVersions?.findLast(({ sha }) => sha === version.sha) ?? version;
}

/** Renames of files with schedules: only where one has gone and another has come the text before is read too. */
async function renamesSince(
  context: Context,
  repositoryId: number,
  reader: RepositoryReader,
  sources: WorkflowSources,
  before: ScheduleVersion | undefined,
  after: ScheduleVersion,
): Promise<readonly Rename[]> {
  if (before === undefined || before.sha === after.sha || after.seenAt < before.seenAt) return [];
  const old = pathsOf(before);
  const now = pathsOf(after);
  if ([...old].every((path) => now.has(path)) || [...now].every((path) => old.has(path))) return [];
  const earlier = await ifKnown(context, repositoryId, before.sha, () => reader.workflowSources(before.sha));
  return findRenames(earlier?.files ?? [], sources.files).filter(
    ({ from, to }) => old.has(from) && now.has(to),
  );
}

function pathsOf({ entries }: ScheduleVersion): ReadonlySet<string> {
  return new Set(entries.map(({ path }) => path));
}

/** What is read at a commit; `null` where GitHub knows no such commit. */
async function ifKnown<T>(
  context: Context,
  repositoryId: number,
  sha: string | undefined,
  read: () => Promise<T>,
): Promise<T | null> {
  const found = await orFailure(read, 'not-found');
  if (!(found instanceof OffbeatError)) return found;
  context.log.info({ repositoryId, sha }, 'GitHub knows a commit no longer');
  return null;
}

/** Reads the crons of the default branch at a pushed commit, `sha`, which has replaced `replaced`. */
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
