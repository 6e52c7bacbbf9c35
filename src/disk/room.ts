import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asDiskError } from './disk-errors.ts';
import { writePrivateFile } from './private.ts';

const PROBE_NAME = 'room.probe';
/** A few deliveries: where so much can be written, the next one can. */
const PROBE_BYTES = 128 * 1024;
/** Within this time `look` returns its last result: every look writes to the disk. */
const STANDS_MS = 2_000;

/** Finds out whether the disk takes data, by writing some. */
export class RoomProbe {
  readonly #directory: string;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<unknown> = Promise.resolve();

  /** `directory` must exist and belong to this process alone. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Resolves with the error of a write (see `asDiskError`), or with `null` where it succeeds. */
  look(): Promise<unknown> {
    const now = performance.now();
    if (now - this.#lookedAt > STANDS_MS) {
      this.#lookedAt = now;
      this.#looking = this.#write().then(
        () => null,
        (error: unknown) => asDiskError(error, this.#directory),
      );
    }
    return this.#looking;
  }

  async #write(): Promise<void> {
    const path = join(this.#directory, PROBE_NAME);
    try {
      await writePrivateFile(path, Buffer.alloc(PROBE_BYTES), { isSynced: true });
    } finally {
      await rm(path, { force: true });
    }
  }
}
