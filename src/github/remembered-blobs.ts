import type { BlobCache } from './blob-cache.ts';
import { blobSha } from './blob-sha.ts';

/** Texts of workflow files that are kept for the next run: twice as many as most repositories have. */
const MOST_TEXTS = 100;
/** Of all texts together. */
const MOST_BYTES = 1024 * 1024;

/** Contents of workflow files by hash, kept from run to run, since each run of a workflow starts with nothing. */
export class RememberedBlobs implements BlobCache {
  /** Those used last stand last. */
  readonly #texts = new Map<string, string>();

  /** Takes what a state branch holds; a text that does not have its hash is left out. */
  add(known: Readonly<Record<string, string>>): void {
    for (const [sha, text] of Object.entries(known)) if (blobSha(text) === sha) this.#texts.set(sha, text);
  }

  async get(sha: string, fetch: () => Promise<string>): Promise<string> {
    const text = this.#texts.get(sha) ?? (await fetch());
    this.#texts.delete(sha);
    this.#texts.set(sha, text);
    return text;
  }

  async fill(
    hashes: readonly string[],
    fetchAll: (unknown: readonly string[]) => Promise<ReadonlyMap<string, string>>,
  ): Promise<void> {
    const unknown = hashes.filter((sha) => !this.#texts.has(sha));
    if (unknown.length === 0) return;
    for (const [sha, text] of await fetchAll(unknown)) this.#texts.set(sha, text);
  }

  /** The texts to keep: the newest, within bounds. */
  kept(): Readonly<Record<string, string>> {
    let bytes = 0;
    const newest = [...this.#texts].reverse().slice(0, MOST_TEXTS);
    const kept = newest.filter(([, text]) => {
      bytes += Buffer.byteLength(text);
      return bytes <= MOST_BYTES;
    });
    return Object.fromEntries(kept.reverse());
  }
}
