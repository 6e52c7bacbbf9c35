import { accessSync, constants, statfsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The memory that Linux shows as a disk: nothing there waits for a device. */
const MEMORY = '/dev/shm';
/** Containers often have 64 MiB there, which too many tests at once would fill. */
const ROOM_BYTES = 512 * 1024 ** 2;

/**
 * Makes a temporary directory in memory where there is enough, else with the other temporary files. For tests that are
 * not about durability: each apply of theirs would wait for a disk that nothing is lost on.
 */
export function quickDirectory(prefix: string): Promise<string> {
  return mkdtemp(join(hasMemory() ? MEMORY : tmpdir(), prefix));
}

function hasMemory(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= ROOM_BYTES;
  } catch {
    return false;
  }
}
