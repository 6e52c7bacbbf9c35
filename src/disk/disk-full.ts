import { basename } from 'node:path';
import { OffbeatError } from '../errors.ts';

/** No space, no inode, over quota, file too large for the file system: gone once somebody makes room. */
const FULL_CODES = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS']);

/** The file belongs to another user, as after a copy that root has put back. */
const DENIED_CODES = new Set(['EACCES', 'EPERM']);

/** What an operator does where a file of the data directory is another user's. */
export const GIVE_FILES_BACK =
  'As root, give the files of the data directory to the user that runs the server: chown -R USER "$DATA_DIR".';

/**
 * The error as `store-full` where the disk refused to take data, as `store-forbidden` where the file at `where` is
 * another user's, else unchanged.
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
  if (!DENIED_CODES.has(code)) return error;
  return new OffbeatError('store-forbidden', `${basename(where)} cannot be written (${code}).`, {
    where,
    fix: GIVE_FILES_BACK,
    cause: error,
  });
}

/** True where the system has refused this user what another one may do. */
export function isDenied(error: unknown): boolean {
  return DENIED_CODES.has(codeOf(error));
}

/** The directory is another user's, read-only, or a file: it stays so until somebody changes it. */
const CLOSED_CODES = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST']);

/** The error as `env-invalid` where nothing can be written to the data directory, else unchanged. */
export function asDirectoryError(error: unknown, directory: string): unknown {
  if (!(error instanceof Error && 'code' in error && CLOSED_CODES.has(String(error.code)))) return error;
  return new OffbeatError(
    'env-invalid',
    `Nothing can be written to this directory (${String(error.code)}).`,
    {
      where: directory,
      fix: 'Let the user that runs Offbeat write to it, or set DATA_DIR to another one; the image keeps its data in /data.',
      cause: error,
    },
  );
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
