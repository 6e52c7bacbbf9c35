/** Work that nobody waits for: each kind one at a time, failures reported, and all of it over before the end. */
export class BackgroundTasks {
  readonly #running = new Map<string, Promise<void>>();
  readonly #report: (task: string, error: unknown) => void;
  #stopped = false;

  constructor(report: (task: string, error: unknown) => void) {
    this.#report = report;
  }

  /** Begins nothing while the same kind is under way. Resolves when that one, or the new one, is over. */
  start(task: string, work: () => Promise<void>): Promise<void> {
    const underWay = this.#running.get(task);
    if (underWay !== undefined || this.#stopped) return underWay ?? Promise.resolve();
    const running = work()
      .catch((error: unknown) => this.#report(task, error))
      .finally(() => this.#running.delete(task));
    this.#running.set(task, running);
    return running;
  }

  /** Begins nothing any more and waits for what is under way. */
  async finished(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running.values());
  }
}
