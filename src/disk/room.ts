import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asDiskError } from './disk-errors.ts';
import { writePrivateFile } from './private.ts';

const PROBE_NAME = 'room.probe';
/** A few deliveries: where so much can be written, the next one can. */
const PROBE_BYTES = 128 * 1024;
/** Within this time the last answer stands: every look writes to the disk. */
const STANDS_MS = 2_000;

/**
 * Makes the question whether the disk takes data, which writes some: it resolves with the error of the write (see
 * `asDiskError`), or with `null`. `directory` must exist and belong to this process alone.
 */
export function createRoomProbe(directory: string): () => Promise<unknown> {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<unknown> = Promise.resolve();
  return () => {
    const now = performance.now();
    if (now - lookedAt > STANDS_MS) {
      lookedAt = now;
      looking = writeAndRemove(join(directory, PROBE_NAME)).then(
        () => null,
        (error: unknown) => asDiskError(error, directory),
      );
    }
    return looking;
  };
}

async function writeAndRemove(path: string): Promise<void> {
  try {
    await writePrivateFile(path, Buffer.alloc(PROBE_BYTES), { isSynced: true });
  } finally {
    await rm(path, { force: true });
  }
}
