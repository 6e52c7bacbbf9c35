import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ScratchFile, type ScratchPlace } from '../../disk/scratch-file.ts';
import type { Log } from '../../usecases/ports.ts';
import type { KeptRepository } from '../kept-repository.ts';
import { foldState, unfoldState } from './folded-state.ts';

/** A state put away: its place on the scratch file, or its compressed bytes. */
export type Folded = ScratchPlace | { readonly compressed: Buffer };

/**
 * Where the states of repositories go with which nothing has happened for a while: to a scratch file, so that memory
 * holds hardly more than their names. While the disk takes nothing they stay in memory, compressed.
 */
export class FoldedStates {
  readonly #scratch: ScratchFile;
  readonly #log: Log;
  #isRefused = false;

  /** `path` must be free; no file of that name stays. */
  constructor(path: string, log: Log) {
    this.#scratch = new ScratchFile(path);
    this.#log = log;
  }

  put(state: KeptRepository): Folded {
    const bytes = foldState(state);
    try {
      const place = this.#scratch.put(bytes);
      this.#isRefused = false;
      return place;
    } catch (error) {
      if (!this.#isRefused)
        this.#log.warn({ err: error }, 'The disk takes no folded states; they stay in memory');
      this.#isRefused = true;
      return { compressed: zstdCompressSync(bytes) };
    }
  }

  /** Throws `store-damaged` where the disk gives back something else. */
  get(folded: Folded): KeptRepository {
    return unfoldState(
      'compressed' in folded ? zstdDecompressSync(folded.compressed) : this.#scratch.get(folded),
    );
  }

  remove(folded: Folded): void {
    if ('offset' in folded) this.#scratch.remove(folded);
  }

  close(): void {
    this.#scratch.close();
  }
}
