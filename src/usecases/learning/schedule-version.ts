import { fileOf, scheduleKey } from '../../history/run.ts';
import { widestJobs } from '../../workflow/job-graph.ts';
import { readWorkflowFiles } from '../../workflow/read-repository.ts';
import type { WorkflowFile } from '../../workflow/schedule.ts';
import type { RepositoryState, ScheduleVersion, WorkflowSources } from '../ports.ts';

export type ScheduleEntries = ScheduleVersion['entries'];

/** Crons and widths of one reading of the workflow directory. */
export function scheduleVersion({ sha, files }: WorkflowSources, now: number): ScheduleVersion {
  return versionOf(sha, readWorkflowFiles(files), now);
}

/** The same of files that were read already. */
export function versionOf(sha: string, files: readonly WorkflowFile[], now: number): ScheduleVersion {
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
    sha,
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

/** The version whose crons were seen in force last, which need not be the one read last. */
export function newestVersion(versions: readonly ScheduleVersion[]): ScheduleVersion | undefined {
  return versions.reduce<ScheduleVersion | undefined>(
    (newest, version) => (newest === undefined || version.seenAt >= newest.seenAt ? version : newest),
    undefined,
  );
}

/** Schedules as they stand in the files, as far as these were read; none before. */
export function entriesInForce({
  scheduleVersions,
}: Pick<RepositoryState, 'scheduleVersions'>): ScheduleEntries {
  return newestVersion(scheduleVersions)?.entries ?? [];
}

/** Where the file at `path` is now, by versions with old paths and today's keys; the same if not renamed. */
export function pathNow(versions: readonly ScheduleVersion[], path: string): string {
  if (newestVersion(versions)?.entries.some((entry) => entry.path === path) !== false) return path;
  for (const { entries } of versions.toReversed()) {
    const renamed = entries.find((entry) => entry.path === path && fileOf(entry.key) !== path);
    if (renamed !== undefined) return fileOf(renamed.key);
  }
  return path;
}

/** A commit that is read again was in force since it was seen first. */
export function firstSeen(state: RepositoryState, version: ScheduleVersion): ScheduleVersion {
  const known = state.scheduleVersions.find(({ sha }) => sha === version.sha);
  return known === undefined ? version : { ...version, seenAt: Math.min(known.seenAt, version.seenAt) };
}
