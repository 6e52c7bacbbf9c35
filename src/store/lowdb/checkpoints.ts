import { BackgroundWrite } from '../../disk/background-write.ts';
import { asDiskError } from '../../disk/disk-errors.ts';
import type { JournalPosition } from '../../disk/journal-position.ts';
import { createKeyedMutex } from '../../keyed-mutex.ts';
import type { Log } from '../../log.ts';
import type { CacheEntry, RepositoryCache } from './repository-cache.ts';
import { UnsavedRecords } from './unsaved-records.ts';

/** How often the store looks for changes that have waited long enough. */
const SWEEP_EVERY_MS = 5_000;
/** Repositories written at once: a write mostly waits for the disk. */
const WRITERS = 4;
/** Failures in a row after which a repository counts as failing. */
const FAILS_FOR_GOOD_AFTER = 2;

export interface CheckpointsOptions {
  readonly cache: RepositoryCache;
  /** Brings a repository into the cache. */
  readonly load: (id: number) => Promise<CacheEntry>;
  /** A change waits this long for others before its repository is written. */
  readonly afterMs: number;
  readonly log: Log;
}

/** Writes the documents of repositories, some time after a change, or before the journal drops its records. */
export class Checkpoints {
  readonly #options: CheckpointsOptions;
  readonly #unsaved = new Map<number, UnsavedRecords>();
  readonly #lockFiles = createKeyedMutex();
  /** All writes under way. */
  readonly #writes = new Set<Promise<void>>();
  readonly #sweeper: NodeJS.Timeout;
  readonly #sweeping: BackgroundWrite;

  constructor(options: CheckpointsOptions) {
    this.#options = options;
    this.#sweeping = new BackgroundWrite(() => this.#writeOverdue(), options.log);
    this.#sweeper = setInterval(() => this.#sweeping.start(), SWEEP_EVERY_MS);
    this.#sweeper.unref();
  }

  /** The records that the documents of a repository lack. */
  unsavedOf(id: number): UnsavedRecords {
    const known = this.#unsaved.get(id);
    if (known !== undefined) return known;
    const unsaved = new UnsavedRecords();
    this.#unsaved.set(id, unsaved);
    return unsaved;
  }

  /** Writes the documents that lack a record in either generation. Throws `store-full` where the disk is full. */
  write(id: number): Promise<void> {
    const writing = this.#lockFiles(id, () => this.#write(id));
    this.#writes.add(writing);
    const end = (): boolean => this.#writes.delete(writing);
    writing.then(end, end);
    return writing;
  }

  /** Removes the documents of a repository. */
  async remove({ id, files }: CacheEntry): Promise<void> {
    await this.#lockFiles(id, () => files.remove());
    this.#unsaved.delete(id);
  }

  /** Writes all unsaved documents, twice those that need a record up to `through` in the generation before too. */
  async writeThrough(through: JournalPosition): Promise<void> {
    const isNeeded = (id: number): boolean => {
      const from = this.#unsaved.get(id)?.neededFrom ?? null;
      return from !== null && from <= through.sequence;
    };
    await forEach([...this.#unsaved.keys()], async (id) => {
      if (!isNeeded(id) && this.#unsaved.get(id)?.isDirty !== true) return;
      for (let generation = 0; generation < 2; generation += 1) {
        const { state } = await this.#options.load(id);
        if (state === undefined) this.#unsaved.delete(id);
        else await this.write(id);
        if (!isNeeded(id)) return;
      }
    });
  }

  /** Sequence of the oldest record that a document may still need; `null` where none does. */
  neededFrom(): number | null {
    const needed = this.#unsaved.values().map(({ neededFrom }) => neededFrom ?? Number.POSITIVE_INFINITY);
    const oldest = needed.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
    return oldest === Number.POSITIVE_INFINITY ? null : oldest;
  }

  problems(): readonly string[] {
    const failing = this.#options.cache
      .all()
      .filter(({ failedWrites }) => failedWrites >= FAILS_FOR_GOOD_AFTER).length;
    if (failing === 0) return [];
    return [
      `The documents of ${failing} ${failing === 1 ? 'repository' : 'repositories'} cannot be written. The ` +
        'journal has their changes, and grows until they can be written; the log says why.',
    ];
  }

  /** Stops the periodic writes; resolves when none is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#sweeper);
    await this.#sweeping.finished();
    await Promise.allSettled(this.#writes);
  }

  async #write(id: number): Promise<void> {
    const { cache } = this.#options;
    // Looked up after the wait for the lock: meanwhile the entry may have left the cache and been read again.
    const entry = cache.get(id);
    const unsaved = this.#unsaved.get(id);
    if (entry?.state === undefined || unsaved === undefined) return;
    const { state, position, files, dirtySince } = entry;
    const { names } = unsaved;
    entry.dirtySince = null;
    const end = unsaved.beginWriting(names);
    try {
      await files.write(state, names, position);
    } catch (error) {
      end(false);
      entry.dirtySince = dirtySince;
      entry.failedWrites += 1;
      throw asDiskError(error, files.directory);
    }
    end(true);
    entry.failedWrites = 0;
    cache.saved(entry);
    if (unsaved.names.length === 0) this.#unsaved.delete(id);
  }

  async #writeOverdue(): Promise<void> {
    const { cache, afterMs } = this.#options;
    const before = performance.now() - afterMs;
    const overdue = cache.all().filter(({ dirtySince }) => dirtySince !== null && dirtySince <= before);
    await forEach(overdue, ({ id }) => this.write(id));
  }
}

/** Does the work for each item, a few at a time. Rejects with the first failure once all items are done. */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: WRITERS }, worker));
  if (failures.length > 0) throw failures[0];
}
