import { LRUCache } from 'lru-cache';
import type { JournalPosition } from '../../disk/journal-position.ts';
import type { KeptRepository } from '../kept-repository.ts';
import type { RepositoryFiles } from './repository-files.ts';

/** A repository of which nothing is written yet. */
const LEAST_BYTES = 4 * 1024;

/** One repository in memory. */
export interface CacheEntry {
  readonly id: number;
  readonly files: RepositoryFiles;
  /** `undefined` where there is no such repository. */
  state: KeptRepository | undefined;
  /** Of the newest record in `state`. */
  position: JournalPosition;
  /** When its documents first lacked something (ms of the process's own clock); `null` while they lack nothing. */
  dirtySince: number | null;
  /** How often in a row its documents could not be written. */
  failedWrites: number;
}

export interface RepositoryCacheOptions {
  /** Bytes of documents, as JSON, of the repositories that are held. In memory they take about as much again. */
  readonly maxBytes: number;
  /** Writes the documents of a repository that is leaving the cache with something unsaved. */
  readonly write: (id: number) => Promise<void>;
}

/**
 * The repositories in memory, the least recently used leave first. One whose documents lack something stays findable
 * until they are written.
 */
export class RepositoryCache {
  readonly #entries: LRUCache<number, CacheEntry>;
  readonly #leaving = new Map<number, { readonly entry: CacheEntry; written: Promise<void> }>();
  readonly #write: (id: number) => Promise<void>;

  constructor({ maxBytes, write }: RepositoryCacheOptions) {
    this.#write = write;
    this.#entries = new LRUCache({
      maxSize: Math.max(1, maxBytes),
      sizeCalculation: ({ files }) => Math.max(LEAST_BYTES, files.bytes),
      disposeAfter: (entry, _id, reason) => {
        if (reason === 'evict') this.#letGo(entry);
      },
    });
  }

  get(id: number): CacheEntry | undefined {
    return this.#entries.get(id) ?? this.#leaving.get(id)?.entry;
  }

  /** Holds an entry as the one used last, at the size that its documents have now. */
  set(entry: CacheEntry): void {
    // The library takes no new size for a value that it has.
    this.#entries.delete(entry.id);
    this.#entries.set(entry.id, entry);
    // One that is larger than all the room is not held at all.
    if (!this.#entries.has(entry.id)) this.#letGo(entry);
  }

  delete(id: number): void {
    this.#entries.delete(id);
    this.#leaving.delete(id);
  }

  all(): readonly CacheEntry[] {
    const leaving = this.#leaving.values().map(({ entry }) => entry);
    return [...new Set([...this.#entries.values(), ...leaving])];
  }

  /** Whoever brings another repository in waits here for one that leaves, where more than `most` are leaving. */
  async makeRoom(most: number): Promise<void> {
    if (this.#leaving.size > most) await this.#leaving.values().next().value?.written;
  }

  /** An entry's documents lack nothing any more: it may leave. */
  saved(entry: CacheEntry): void {
    if (entry.dirtySince === null) this.#leaving.delete(entry.id);
  }

  #letGo(entry: CacheEntry): void {
    if (entry.dirtySince === null || this.#leaving.has(entry.id)) return;
    const leaving = { entry, written: Promise.resolve() };
    this.#leaving.set(entry.id, leaving);
    // What cannot be written now stays, and is tried again with the others that are unsaved.
    leaving.written = this.#write(entry.id).catch(() => undefined);
  }
}
