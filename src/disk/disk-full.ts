import { OffbeatError } from '../errors.ts';

/** No space, no inode, over quota, file too large for the file system: gone once somebody makes room. */
const FULL_CODES = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS']);

/** The error as `store-full` where the disk refused to take data, else unchanged. */
export function asDiskError(error: unknown, where: string): unknown {
  if (error instanceof Error && 'code' in error && FULL_CODES.has(String(error.code))) {
    return new OffbeatError('store-full', `The disk took no more data (${String(error.code)}).`, {
      where,
      fix: 'Make room in the data directory; nothing needs to be restarted.',
      cause: error,
    });
  }
  return error;
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
  return hasCode(error, 'ENOENT');
}

export function isAlreadyThere(error: unknown): boolean {
  return hasCode(error, 'EEXIST');
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
