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

export function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT');
}

export function isAlreadyThere(error: unknown): boolean {
  return hasCode(error, 'EEXIST');
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
