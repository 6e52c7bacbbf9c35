import { basename } from 'node:path';
import { OffbeatError } from '../errors.ts';

/** No space, no inode, over quota, file too large for the file system: gone once somebody makes room. */
const FULL_CODES = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** The disk fails, or is mounted read-only (which Linux also does by itself after an error of the disk). */
const FAILING_CODES = new Set(['EIO', 'EROFS']);

/** The file belongs to another user, as after a copy that root has put back. */
const DENIED_CODES = new Set(['EACCES', 'EPERM']);

/** The fix where a file of the data directory belongs to another user. */
export const GIVE_FILES_BACK =
  'As root, give the files of the data directory to the user that runs the server: chown -R USER "$DATA_DIR".';

/**
 * Names the error of a write: `store-full` where the disk has no room, `store-failing` where it fails or is read-only,
 * `store-forbidden` where the file at `where` belongs to another user. Any other error is returned unchanged.
 */
export function asDiskError(error: unknown, where: string): unknown {
  const code = codeOf(error);
  if (FULL_CODES.has(code)) {
    return new OffbeatError('store-full', `The disk took no more data (${code}).`, {
      where,
      fix: 'Make room in the data directory; nothing needs to be restarted.',
      cause: error,
    });
  }
  if (FAILING_CODES.has(code)) {
    return new OffbeatError('store-failing', `The disk refused to write (${code}).`, {
      where,
      fix: 'Look at the disk and how it is mounted.',
      cause: error,
    });
  }
  if (!DENIED_CODES.has(code)) return error;
  return new OffbeatError('store-forbidden', `${basename(where)} cannot be written (${code}).`, {
    where,
    fix: GIVE_FILES_BACK,
    cause: error,
  });
}

/** True where the system denies this user access that another user has. */
export function isDenied(error: unknown): boolean {
  return DENIED_CODES.has(codeOf(error));
}

/** The directory belongs to another user, is read-only, or is a file: no retry helps until somebody changes that. */
const CLOSED_CODES = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST']);

/** Returns `env-invalid` where nothing can be written to the data directory, any other error unchanged. */
export function asDirectoryError(error: unknown, directory: string): unknown {
  const code = codeOf(error);
  if (!CLOSED_CODES.has(code)) return error;
  return new OffbeatError('env-invalid', `Nothing can be written to this directory (${code}).`, {
    where: directory,
    fix:
      'Let the user that runs Offbeat write to it, or set DATA_DIR to another one; ' +
      'the image keeps its data in /data.',
    cause: error,
  });
}

/** What is read; `undefined` where there is no such file or directory. */
export async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

export function isAlreadyThere(error: unknown): boolean {
  return codeOf(error) === 'EEXIST';
}

/** The system's name of an error, as `ENOENT`; empty where it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
