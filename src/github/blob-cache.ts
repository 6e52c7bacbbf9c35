import { LRUCache } from 'lru-cache';

/** A workflow file is a few kilobytes; this many keep some tens of repositories in a few megabytes. */
const MAX_BLOBS = 2_000;

/** Texts by git blob hash: a hash names its content for good, so an entry never goes stale. */
export interface BlobCache {
  get(sha: string, fetch: () => Promise<string>): Promise<string>;
  /** Asks for what is not known of some hashes together; what `fetchAll` does not give is left to `get`. */
  fill(
    hashes: readonly string[],
    fetchAll: (unknown: readonly string[]) => Promise<ReadonlyMap<string, string>>,
  ): Promise<void>;
}

export function createBlobCache(maxBlobs = MAX_BLOBS): BlobCache {
  const texts = new LRUCache<string, string>({ max: maxBlobs });
  return {
    async get(sha, fetch) {
      const known = texts.get(sha);
      if (known !== undefined) return known;
      const text = await fetch();
      texts.set(sha, text);
      return text;
    },
    async fill(hashes, fetchAll) {
      const unknown = hashes.filter((sha) => !texts.has(sha));
      if (unknown.length === 0) return;
      for (const [sha, text] of await fetchAll(unknown)) texts.set(sha, text);
    },
  };
}
