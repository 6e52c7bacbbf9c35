import { hash } from 'node:crypto';

/**
 * Deliveries remembered as seen. GitHub keeps a delivery for redelivery three days; at 45 bytes a key this is
 * 9 MB, and at one delivery a second, two keys each, more than a day. What is older is caught by the history: a
 * run that has ended is learned once.
 */
const MAX_KEYS = 200_000;

/** Of the digest: that two of so many keys have the same 64 bits happens once in a billion such memories. */
const DIGEST_CHARACTERS = 8;

/** Remembers the newest keys, first in, first out. */
export class SeenKeys {
  /** Digests, a byte a character: a third of the room that the keys would take. */
  readonly #digests = new Set<string>();
  readonly #limit: number;

  constructor(limit = MAX_KEYS) {
    this.#limit = limit;
  }

  hasAny(keys: readonly string[]): boolean {
    return keys.some((key) => this.#digests.has(digestOf(key)));
  }

  add(keys: readonly string[]): void {
    for (const key of keys) this.#digests.add(digestOf(key));
    for (const oldest of this.#digests) {
      if (this.#digests.size <= this.#limit) break;
      this.#digests.delete(oldest);
    }
  }

  /** So that the same event may come again: it was not accepted, or could not be processed. */
  forget(keys: readonly string[]): void {
    for (const key of keys) this.#digests.delete(digestOf(key));
  }
}

function digestOf(key: string): string {
  return hash('sha1', key, 'binary').slice(0, DIGEST_CHARACTERS);
}
