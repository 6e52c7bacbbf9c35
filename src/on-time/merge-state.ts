import { isDeepStrictEqual } from 'node:util';
import { type AwayFile, asksTheSame, type LeftIssue, type OnTimeFile, type OnTimeState } from './state.ts';

/**
 * Merges a change from `before` to `after` into `stored`, to which others may have changed `before` meanwhile: files
 * are read while ticks are served, and neither waits for the other. A field that `after` has changed is taken from
 * `after`, every other one from `stored`.
 */
export function mergedOnTime(
  stored: OnTimeState | null,
  before: OnTimeState | null,
  after: OnTimeState | null,
): OnTimeState | null {
  if (stored === null || after === null) return after;
  const base = before ?? after;
  const [known, there] = [byPath(before?.files ?? []), byPath(stored.files)];
  const files = after.files.flatMap((file) => {
    const now = there.get(file.path);
    // Where two processes have read a file for the first time, the fields of the first are kept.
    if (now !== undefined) return [mergedFile(now, known.get(file.path) ?? file, file)];
    // Another process has removed it.
    return known.has(file.path) ? [] : [file];
  });
  const named = byPath(after.files);
  const added = stored.files.filter(({ path }) => !known.has(path) && !named.has(path));
  const merged = {
    ...withChanges(stored, base, after),
    files: [...files, ...added],
    leftIssues: leftIssues(stored, base, after, byPath(files)),
    away: awayFiles(stored, base, after, byPath(files)),
  };
  return isReadTwice(stored, base, after) ? { ...merged, readAt: null } : merged;
}

/**
 * Issues that were left before and not closed since, and those of files that leave now. A file of `files`, the result
 * of the merge, takes over the issue that it has left.
 */
function leftIssues(
  stored: OnTimeState,
  before: OnTimeState,
  after: OnTimeState,
  files: ReadonlyMap<string, OnTimeFile>,
): LeftIssue[] {
  const [known, named] = [byPath(before.files), byPath(after.files)];
  const closed = before.leftIssues.filter(({ path }) => !after.leftIssues.some((one) => one.path === path));
  const open = stored.leftIssues.filter(
    ({ path }) => !files.has(path) && !closed.some((one) => one.path === path),
  );
  const leaving = stored.files
    .filter(({ path }) => known.has(path) && !named.has(path))
    .filter(({ issueFingerprint, tellingSince }) => issueFingerprint !== null || tellingSince !== null)
    .map(({ path, tellingSince }) => ({ path, tellingSince }));
  return [...open.filter(({ path }) => !leaving.some((one) => one.path === path)), ...leaving];
}

/** Files that are away by either change, and not in `files`, the result of the merge. */
function awayFiles(
  stored: OnTimeState,
  before: OnTimeState,
  after: OnTimeState,
  files: ReadonlyMap<string, OnTimeFile>,
): AwayFile[] {
  const [known, named, away] = [byPath(before.away), byPath(after.away), byPath(stored.away)];
  const there = byPath(stored.files);
  const kept = stored.away.filter(({ path }) => !known.has(path) || named.has(path));
  const leaving = after.away
    .filter(({ path }) => !known.has(path) && !away.has(path))
    .map((file) => {
      // It may have been switched off while the files were read.
      const { trial, switchedOff } = there.get(file.path) ?? file;
      return { ...file, trial, switchedOff };
    });
  return [...kept, ...leaving].filter(({ path }) => !files.has(path));
}

function mergedFile(stored: OnTimeFile, before: OnTimeFile, after: OnTimeFile): OnTimeFile {
  const merged = withChanges(stored, before, after);
  return {
    ...merged,
    // A refusal of the earlier file, or of other inputs, does not hold any more.
    hold: asksTheSame(merged, stored) ? merged.hold : after.hold,
    // It never moves back.
    watermark: Math.max(stored.watermark, after.watermark),
  };
}

function withChanges<T extends object>(stored: T, before: T, after: T): T {
  const known = new Map(Object.entries(before));
  const changed = Object.entries(after).filter(([name, value]) => !isDeepStrictEqual(value, known.get(name)));
  return { ...stored, ...Object.fromEntries(changed) };
}

/** Whether two processes have read at once with different results: then the files are read again. */
function isReadTwice(stored: OnTimeState, before: OnTimeState, after: OnTimeState): boolean {
  return (
    stored.readAt !== before.readAt &&
    after.readAt !== before.readAt &&
    !isDeepStrictEqual(whatWasRead(stored), whatWasRead(after))
  );
}

/** The state without the progress of the files and the values that depend on the time of reading. */
function whatWasRead({ files, configured }: OnTimeState): unknown {
  return [
    configured,
    files.map(
      ({ since, watermark, hold, trial, switchedOff, issueFingerprint, tellingSince, delayMs, ...file }) =>
        file,
    ),
  ];
}

function byPath<T extends { readonly path: string }>(files: readonly T[]): ReadonlyMap<string, T> {
  return new Map(files.map((file) => [file.path, file]));
}
