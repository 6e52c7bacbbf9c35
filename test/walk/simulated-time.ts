import { mock } from 'node:test';
import type { Waits } from '../../src/clock.ts';
import type { SettableClock } from '../../src/demo/clock.ts';
import type { GuardTime } from '../../src/github/guard.ts';

interface Due {
  readonly at: number;
  readonly act: () => void;
}

/**
 * The only time there is in a walk: clocks, limits, expiries and waits all count by it. It stands still until it is
 * set, or until a request waits: that takes it to the end of the wait at once. `Date` follows it.
 */
export class SimulatedTime implements SettableClock, GuardTime, Waits {
  #now: number;
  readonly #due = new Set<Due>();
  readonly #repeated = new Set<() => Promise<void>>();
  /** Called whenever something is put off. */
  onLater: () => void = () => undefined;

  constructor(start: number) {
    this.#now = start;
    mock.timers.enable({ apis: ['Date'], now: start });
  }

  readonly now = (): number => this.#now;

  set(time: number): void {
    this.#now = Math.max(this.#now, time);
    mock.timers.setTime(this.#now);
  }

  readonly wait = async (ms: number): Promise<void> => {
    const end = this.#now + ms;
    // Who waits for an earlier moment comes first.
    await new Promise((resolve) => setImmediate(resolve));
    this.set(end);
  };

  later(act: () => void, ms: number): () => void {
    const due = { at: this.#now + ms, act };
    this.#due.add(due);
    this.onLater();
    return () => this.#due.delete(due);
  }

  every(act: () => Promise<void>): () => void {
    this.#repeated.add(act);
    return () => this.#repeated.delete(act);
  }

  /** When the next thing that was put off is due; `null` where nothing was. */
  nextDue(): number | null {
    let next: number | null = null;
    for (const { at } of this.#due) if (next === null || at < next) next = at;
    return next;
  }

  /** Does what is due by now. */
  fireDue(): void {
    for (const due of [...this.#due].sort((a, b) => a.at - b.at)) {
      if (due.at > this.#now) return;
      this.#due.delete(due);
      due.act();
    }
  }

  /** Does what is done every minute or so; a walk need not do it that often. */
  async fireRepeated(): Promise<void> {
    for (const act of this.#repeated) await act();
  }

  end(): void {
    mock.timers.reset();
  }
}
