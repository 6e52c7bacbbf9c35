import { hash } from 'node:crypto';

/**
 * Keys of deliveries remembered as seen: GitHub keeps a delivery for redelivery three days. At 60 bytes a key this is
 * 12 MB, and at one delivery a second, two keys each, more than a day. A duplicate of an older delivery does no harm,
 * as the history learns each finished run once.
 */
const MAX_KEYS = 200_000;

/** 64 bits: the chance that any two of so many keys share a digest is one in a billion. */
const DIGEST_CHARACTERS = 8;

/** Remembers the newest keys, first in, first out. */
export class SeenKeys {
  /** Digest to its place in `#ring`. */
  readonly #places = new Map<string, number>();
  /** Digests with one byte a character, which take a third of the memory of the keys. */
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

  /** Forgets keys of an event that was not accepted or could not be processed, so that it may come again. */
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

  /** Puts the digest in the oldest's place, by the ring, as finding a map's first entry takes longer. */
  #addDigest(digest: string): void {
    if (this.#places.has(digest)) return;
    const place = this.#next;
    const oldest = this.#ring[place];
    // A digest that was forgotten and added again has another place.
    if (oldest !== undefined && this.#places.get(oldest) === place) this.#places.delete(oldest);
    this.#ring[place] = digest;
    this.#places.set(digest, place);
    this.#next = (place + 1) % this.#limit;
  }
}

function digestOf(key: string): string {
  return hash('sha1', key, 'binary').slice(0, DIGEST_CHARACTERS);
}
