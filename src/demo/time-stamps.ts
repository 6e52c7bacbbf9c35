import type { Clock } from '../clock.ts';
import { asJson, isJson, type Json, textAt } from './json.ts';
import { iso } from './payloads.ts';

const COMMITS = /^\/repos\/[^/]+\/[^/]+\/git\/commits$/;
const STAMPED = /\/(pulls|issues|issues\/comments)(\/\d+)?$|\/issues\/\d+\/comments$/;

/** Times of commits, pull requests, issues and comments by the demo's clock: the emulator knows the system's. */
export class TimeStamps {
  readonly #clock: Clock;
  /** By the object's `url`. */
  readonly #stamps = new Map<string, Json>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): string {
    return iso(this.#clock.now());
  }

  /** The body of a request with the present time as its commit's date, where it makes a commit without a date. */
  dated(method: string, path: string, body: unknown): unknown {
    if (method !== 'POST' || !COMMITS.test(path) || !isJson(body)) return body;
    return { ...body, author: { date: this.now(), ...asJson(body.author) } };
  }

  /** Notes when the object that a successful write answered with was made, changed or closed. */
  learn(method: string, path: string, body: unknown): void {
    if (!isJson(body) || !STAMPED.test(path)) return;
    const url = textAt(body, 'url');
    const now = this.now();
    if (method === 'POST') this.#stamps.set(url, { created_at: now, updated_at: now });
    if (method !== 'PATCH') return;
    const known = this.#stamps.get(url) ?? {};
    const closed = body.state === 'closed' ? { closed_at: known.closed_at ?? now } : { closed_at: null };
    this.#stamps.set(url, { ...known, updated_at: now, ...('state' in body ? closed : {}) });
  }

  /** The same JSON with the known times in the place of the emulator's. */
  show(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((entry) => this.show(entry));
    if (!isJson(value)) return value;
    const shown = Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, this.show(entry)]));
    return { ...shown, ...this.#stamps.get(textAt(value, 'url')) };
  }
}
