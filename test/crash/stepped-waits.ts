import type { Waits } from '../../src/clock.ts';

/**
 * Waits that end when somebody looks at the clock, and that has come to their end; what is repeated is done each time.
 */
export class SteppedWaits implements Waits {
  readonly #now: () => number;
  readonly #due = new Set<{ readonly act: () => void; readonly at: number }>();
  readonly #repeated = new Set<() => Promise<void>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  later(act: () => void, ms: number): () => void {
    const due = { act, at: this.#now() + ms };
    this.#due.add(due);
    return () => this.#due.delete(due);
  }

  every(act: () => Promise<void>): () => void {
    this.#repeated.add(act);
    return () => this.#repeated.delete(act);
  }

  fire(): void {
    for (const due of [...this.#due]) {
      if (due.at > this.#now()) continue;
      this.#due.delete(due);
      due.act();
    }
    for (const act of this.#repeated) void act();
  }
}
