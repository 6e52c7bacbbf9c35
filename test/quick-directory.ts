import { accessSync, constants, readFileSync, statfsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The memory that Linux shows as a disk: nothing there waits for a device. */
const MEMORY = '/dev/shm';
/** Many times what tests keep there at once. Containers often have 64 MiB, which they would fill. */
const ROOM_BYTES = 2 * 1024 ** 3;

/**
 * The directory for temporary files of tests: in memory where there is room, else the usual one. Tests write and sync
 * thousands of small files. What they prove needs no disk, not even where processes are killed: the kernel keeps what
 * such a process has written.
 */
export function temporaryFiles(): string {
  return hasMemory() ? MEMORY : tmpdir();
}

/** Makes a directory there, for a script too, to which nobody has said where temporary files are. */
export function quickDirectory(prefix: string): Promise<string> {
  return mkdtemp(join(temporaryFiles(), prefix));
}

function hasMemory(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    const mounted = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .find(([, directory]) => directory === MEMORY);
    const [, , type, options = ''] = mounted ?? [];
    // Some tests put a program there.
    return type === 'tmpfs' && !options.split(',').includes('noexec') && bavail * bsize >= ROOM_BYTES;
  } catch {
    return false;
  }
}
