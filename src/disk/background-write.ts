import type { Log } from '../log.ts';

/** Writes documents in the background, one at a time; a failure is logged, and the next start tries again. */
export class BackgroundWrite {
  readonly #write: () => Promise<void>;
  readonly #log: Pick<Log, 'error'>;
  #running: Promise<void> | undefined;

  constructor(write: () => Promise<void>, log: Pick<Log, 'error'>) {
    this.#write = write;
    this.#log = log;
  }

  /** Starts a write; `false` where one is under way. */
  start(): boolean {
    if (this.#running !== undefined) return false;
    this.#running = this.#write()
      .catch((error: unknown) => {
        this.#log.error({ err: error }, 'Documents could not be written; the journal still has everything');
      })
      .finally(() => {
        this.#running = undefined;
      });
    return true;
  }

  /** Resolves when nothing is under way. */
  async finished(): Promise<void> {
    await this.#running;
  }
}
