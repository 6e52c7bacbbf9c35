/**
 * Deliveries remembered as seen. GitHub keeps a delivery for redelivery three days; at 100 bytes a key this is
 * 20 MB, and at one delivery a second, two keys each, more than a day. What is older is caught by the history: a
 * run that has ended is learned once.
 */
const MAX_KEYS = 200_000;

/** Remembers the newest keys, first in, first out. */
export class SeenKeys {
  readonly #keys = new Set<string>();
  readonly #limit: number;

  constructor(limit = MAX_KEYS) {
    this.#limit = limit;
  }

  hasAny(keys: readonly string[]): boolean {
    return keys.some((key) => this.#keys.has(key));
  }

  add(keys: readonly string[]): void {
    for (const key of keys) this.#keys.add(key);
    for (const oldest of this.#keys) {
      if (this.#keys.size <= this.#limit) break;
      this.#keys.delete(oldest);
    }
  }

  /** So that the same event may come again: it was not accepted, or could not be processed. */
  forget(keys: readonly string[]): void {
    for (const key of keys) this.#keys.delete(key);
  }
}
