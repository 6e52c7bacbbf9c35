import { accessSync, constants, readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** The file system in memory that a Linux machine brings. */
const MEMORY = '/dev/shm';
/** Many times what tests leave there at once; a container's usual 64 MB are not enough. */
const NEEDED_BYTES = 2 * 1024 ** 3;

/**
 * The directory below which tests make their temporary ones: in memory where there is room, else the usual one. Tests
 * write and sync thousands of small files, and what they prove needs no disk: a process that is killed leaves to the
 * kernel what it has written.
 */
export function temporaryFiles(): string {
  return hasRoomInMemory() ? MEMORY : tmpdir();
}

function hasRoomInMemory(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    const mounted = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .find(([, directory]) => directory === MEMORY);
    const [, , type, options = ''] = mounted ?? [];
    // Some tests put a program there.
    return type === 'tmpfs' && !options.split(',').includes('noexec') && bavail * bsize >= NEEDED_BYTES;
  } catch {
    return false;
  }
}
