import { join } from 'node:path';
import { type Reach, readCheckpoint } from './checkpoint.ts';

/** How far a repository's checkpoint reaches; of one that is not `whole`, only reading the repository can tell. */
export interface KnownReach extends Reach {
  readonly isWhole: boolean;
}

/** Repositories whose files are read at one time. */
const LANES = 8;

/**
 * How far the checkpoints on the disk reach. To tell, all files of a repository are read and checked: at a start, when
 * each of three journals asks that for each of its records, the answer is kept until the repository is read.
 */
export class KnownReaches {
  readonly #directory: string;
  readonly #known = new Map<number, Promise<KnownReach>>();
  readonly #lanes: Promise<unknown>[] = [];
  #asked = 0;

  /** `directory` holds a directory for each repository, named by its id. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  of(id: number): Promise<KnownReach> {
    const reach = this.#known.get(id) ?? this.#read(id);
    this.#known.set(id, reach);
    return reach;
  }

  #read(id: number): Promise<KnownReach> {
    const lane = this.#asked % LANES;
    this.#asked += 1;
    const before = this.#lanes[lane] ?? Promise.resolve();
    const reach = before.then(() => readReach(join(this.#directory, String(id))));
    this.#lanes[lane] = reach.catch(() => undefined);
    return reach;
  }

  /** From now on memory knows better. */
  forget(id: number): void {
    this.#known.delete(id);
  }
}

async function readReach(directory: string): Promise<KnownReach> {
  const found = await readCheckpoint(directory);
  if (found.kind === 'ruins') return { settledThrough: 0, changesThrough: 0, isWhole: false };
  const { settledThrough, changesThrough } = found.kind === 'none' ? found.reach : found.manifest;
  return {
    settledThrough,
    changesThrough,
    isWhole: found.kind === 'none' || found.damaged.length === 0,
  };
}
