import { hash } from 'node:crypto';

/**
 * Deliveries remembered as seen. GitHub keeps a delivery for redelivery three days; at 60 bytes a key this is
 * 12 MB, and at one delivery a second, two keys each, more than a day. What is older is caught by the history: a
 * run that has ended is learned once.
 */
const MAX_KEYS = 200_000;

/** Of the digest: that two of so many keys have the same 64 bits happens once in a billion such memories. */
const DIGEST_CHARACTERS = 8;

/** Remembers the newest keys, first in, first out. */
export class SeenKeys {
  /** The place of each in `#ring`. */
  readonly #places = new Map<string, number>();
  /** Digests, a byte a character: a third of the room that the keys would take. */
  readonly #ring: string[] = [];
  readonly #limit: number;
  #next = 0;

  constructor(limit = MAX_KEYS) {
    this.#limit = limit;
  }

  hasAny(keys: readonly string[]): boolean {
    return keys.some((key) => this.#places.has(digestOf(key)));
  }

  add(keys: readonly string[]): void {
    for (const key of keys) this.#addDigest(digestOf(key));
  }

  /** So that the same event may come again: it was not accepted, or could not be processed. */
  forget(keys: readonly string[]): void {
    for (const key of keys) this.#places.delete(digestOf(key));
  }

  /** All that is remembered, oldest first, as base64. */
  toBase64(): string {
    const oldestFirst = [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
    const remembered = oldestFirst.filter((digest) => this.#places.has(digest));
    return Buffer.from(remembered.join(''), 'latin1').toString('base64');
  }

  /** Remembers what `toBase64` gave. */
  addBase64(text: string): void {
    const digests = Buffer.from(text, 'base64').toString('latin1');
    for (let at = 0; at < digests.length; at += DIGEST_CHARACTERS) {
      this.#addDigest(digests.slice(at, at + DIGEST_CHARACTERS));
    }
  }

  /**
   * In the place of the oldest. To look for the first entry of a map or set takes the longer the more were taken out.
   */
  #addDigest(digest: string): void {
    if (this.#places.has(digest)) return;
    const place = this.#next;
    const oldest = this.#ring[place];
    // One that was forgotten may have come again, and have another place.
    if (oldest !== undefined && this.#places.get(oldest) === place) this.#places.delete(oldest);
    this.#ring[place] = digest;
    this.#places.set(digest, place);
    this.#next = (place + 1) % this.#limit;
  }
}

function digestOf(key: string): string {
  return hash('sha1', key, 'binary').slice(0, DIGEST_CHARACTERS);
}
