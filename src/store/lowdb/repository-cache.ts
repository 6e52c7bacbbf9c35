import { LRUCache } from 'lru-cache';
import type { JournalPosition } from '../../disk/journal-position.ts';
import type { KeptRepository } from '../kept-repository.ts';
import type { RepositoryFiles } from './repository-files.ts';

/** Counted for a repository whose documents are not written yet. */
const LEAST_BYTES = 4 * 1024;

export interface CacheEntry {
  readonly id: number;
  readonly files: RepositoryFiles;
  /** `undefined` where there is no such repository. */
  state: KeptRepository | undefined;
  /** Position of the newest record in `state`. */
  position: JournalPosition;
  /** Time since which the documents lack a change, in ms of the process's own clock; `null` while they lack none. */
  dirtySince: number | null;
  /** Failed writes of its documents in a row. */
  failedWrites: number;
}

export interface RepositoryCacheOptions {
  /** Most bytes of documents, as JSON, of the repositories held. In memory they take about as much again. */
  readonly maxBytes: number;
  /** Writes the documents of a repository that leaves the cache with unsaved changes. */
  readonly write: (id: number) => Promise<void>;
}

/** The repositories in memory; the least recently used leaves first, but stays findable until it is written. */
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
    // The library does not take an entry that is larger than the whole cache.
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

  /** Where more than `most` entries are leaving, resolves once the first of them is written. Call before a read. */
  async makeRoom(most: number): Promise<void> {
    if (this.#leaving.size > most) await this.#leaving.values().next().value?.written;
  }

  /** Call after an entry's documents were written: it may leave if it has no unsaved changes. */
  saved(entry: CacheEntry): void {
    if (entry.dirtySince === null) this.#leaving.delete(entry.id);
  }

  #letGo(entry: CacheEntry): void {
    if (entry.dirtySince === null || this.#leaving.has(entry.id)) return;
    const leaving = { entry, written: Promise.resolve() };
    this.#leaving.set(entry.id, leaving);
    // An entry that cannot be written stays, and is tried again with the other unsaved ones.
    leaving.written = this.#write(entry.id).catch(() => undefined);
  }
}
