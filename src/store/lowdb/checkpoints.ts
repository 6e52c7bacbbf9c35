import { BackgroundWrite } from '../../disk/background-write.ts';
import { asDiskError } from '../../disk/disk-errors.ts';
import type { JournalPosition } from '../../disk/journal-position.ts';
import { createKeyedMutex } from '../../keyed-mutex.ts';
import type { Log } from '../../log.ts';
import type { CacheEntry, RepositoryCache } from './repository-cache.ts';
import { UnsavedRecords } from './unsaved-records.ts';

/** How often is looked for changes that have waited long enough. */
const SWEEP_EVERY_MS = 5_000;
/** Repositories written side by side: mostly they wait for the disk. */
const WRITERS = 4;
/** Failures in a row that are no accident any more. */
const FAILS_FOR_GOOD_AFTER = 2;

export interface CheckpointsOptions {
  readonly cache: RepositoryCache;
  /** Brings a repository into the cache. */
  readonly load: (id: number) => Promise<CacheEntry>;
  /** A change waits this long for others before its repository is written. */
  readonly afterMs: number;
  readonly log: Log;
}

/** Writes the documents of repositories: what changed a while ago, and what the journal shall drop. */
export class Checkpoints {
  readonly #options: CheckpointsOptions;
  readonly #unsaved = new Map<number, UnsavedRecords>();
  readonly #lockFiles = createKeyedMutex();
  /** Under way, also those that nobody waits for. */
  readonly #writes = new Set<Promise<void>>();
  readonly #sweeper: NodeJS.Timeout;
  readonly #sweeping: BackgroundWrite;

  constructor(options: CheckpointsOptions) {
    this.#options = options;
    this.#sweeping = new BackgroundWrite(() => this.#writeOverdue(), options.log);
    this.#sweeper = setInterval(() => this.#sweeping.start(), SWEEP_EVERY_MS);
    this.#sweeper.unref();
  }

  /** What the documents of a repository lack. */
  unsavedOf(id: number): UnsavedRecords {
    const known = this.#unsaved.get(id);
    if (known !== undefined) return known;
    const unsaved = new UnsavedRecords();
    this.#unsaved.set(id, unsaved);
    return unsaved;
  }

  /** Writes the documents of which one generation lacks something. Throws `store-full` where the disk takes no more. */
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

  /** Everything unsaved is written; what both generations must hold is written again where the one before lacks it. */
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
        'journal has what is missing, and grows until it is mended; the log says why.',
    ];
  }

  /** Begins nothing by itself any more; resolves when nothing is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#sweeper);
    await this.#sweeping.finished();
    await Promise.allSettled(this.#writes);
  }

  async #write(id: number): Promise<void> {
    const { cache } = this.#options;
    // Looked up only now: whoever asked may have seen it before it left and came back.
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

/** Does the work for each, a few at a time; rejects with the first failure once all have had their turn. */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: WRITERS }, worker));
  if (failures.length > 0) throw failures[0];
}
