import type { DeadLetter, Job } from './queue.ts';

/** An operator reads these; more of them are repetitions of one fault. */
const MAX_LETTERS = 1_000;

/** The dead letters, in memory. Beyond `MAX_LETTERS` each new one replaces the oldest. */
export class DeadLetters {
  readonly #letters = new Map<string, DeadLetter>();

  get size(): number {
    return this.#letters.size;
  }

  list(): readonly DeadLetter[] {
    return [...this.#letters.values()];
  }

  get(id: string): DeadLetter | undefined {
    return this.#letters.get(id);
  }

  /** Letters of the delivery that a job belongs to. GitHub keeps its id when it sends a delivery again. */
  of({ deliveryId, event }: Pick<Job, 'deliveryId' | 'event'>): readonly DeadLetter[] {
    if (this.#letters.size === 0) return [];
    return this.list().filter((letter) => letter.deliveryId === deliveryId && letter.event === event);
  }

  /** Keeps a letter as the newest; one with the same id is replaced. */
  add(letter: DeadLetter): void {
    this.#letters.delete(letter.id);
    this.#letters.set(letter.id, letter);
    const oldest = this.#letters.keys().next();
    if (this.#letters.size > MAX_LETTERS && !oldest.done) this.#letters.delete(oldest.value);
  }

  remove(id: string): void {
    this.#letters.delete(id);
  }
}
