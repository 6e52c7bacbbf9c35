import { isDeepStrictEqual } from 'node:util';
import type { OnTimeFile, OnTimeState } from './state.ts';

/**
 * What stands after somebody has changed `before` to `after`, where others may have changed it to `standing` meanwhile:
 * files are read while ticks are served, and neither waits for the other. Each field is as whoever has changed it says.
 */
export function mergedOnTime(
  standing: OnTimeState | null,
  before: OnTimeState | null,
  after: OnTimeState | null,
): OnTimeState | null {
  if (standing === null || after === null) return after;
  const base = before ?? after;
  const [known, there] = [byPath(before?.files ?? []), byPath(standing.files)];
  const files = after.files.flatMap((file) => {
    const now = there.get(file.path);
    // Of two who have read it for the first time, the first one's stands.
    if (now !== undefined) return [mergedFile(now, known.get(file.path) ?? file, file)];
    // Somebody else has taken it out.
    return known.has(file.path) ? [] : [file];
  });
  const named = byPath(after.files);
  const added = standing.files.filter(({ path }) => !known.has(path) && !named.has(path));
  const merged = { ...withChanges(standing, base, after), files: [...files, ...added] };
  return isReadTwice(standing, base, after) ? { ...merged, readAt: null } : merged;
}

function mergedFile(standing: OnTimeFile, before: OnTimeFile, after: OnTimeFile): OnTimeFile {
  const merged = withChanges(standing, before, after);
  const isAnother = merged.blobSha !== standing.blobSha || merged.mode !== standing.mode;
  return {
    ...merged,
    // What was refused of the file as it was says nothing of this one.
    hold: isAnother ? after.hold : merged.hold,
    // It never moves back.
    watermark: Math.max(standing.watermark, after.watermark),
  };
}

/** `standing` with the fields in which `after` differs from `before`. */
function withChanges<T extends object>(standing: T, before: T, after: T): T {
  const known = new Map(Object.entries(before));
  const changed = Object.entries(after).filter(([name, value]) => !isDeepStrictEqual(value, known.get(name)));
  return { ...standing, ...Object.fromEntries(changed) };
}

/** Whether two have read at once and found different things: then it is read again. */
function isReadTwice(standing: OnTimeState, before: OnTimeState, after: OnTimeState): boolean {
  return (
    standing.readAt !== before.readAt &&
    after.readAt !== before.readAt &&
    !isDeepStrictEqual(whatWasRead(standing), whatWasRead(after))
  );
}

/** All but how far the files have come, and what follows from the time of reading. */
function whatWasRead({ files, configured }: OnTimeState): unknown {
  return [
    configured,
    files.map(({ since, watermark, hold, trial, switchedOff, told, tellingSince, delayMs, ...file }) => file),
  ];
}

function byPath(files: readonly OnTimeFile[]): ReadonlyMap<string, OnTimeFile> {
  return new Map(files.map((file) => [file.path, file]));
}
