import type { Job, JobResult, PgBoss } from 'pg-boss';

/**
 * Loops that fetch, each for its share of the jobs handled at once. While the slowest of one loop's jobs is still
 * running, the others go on. More would only ask the same question more often, and to find the heads of all groups the
 * server reads everything that waits (about 0.5 ms for a thousand deliveries).
 */
const LOOPS = 4;
/**
 * How long a fetch waits that found nothing: a notification ends it early, but only deliveries come with one, neither
 * retries nor the next of a group that another process has done.
 */
const POLL_SECONDS = 0.5;
/** The next of a group waits this long for others to be done too, so that one fetch finds the next of all of them. */
const WAKE_AFTER_MS = 10;

interface Loop {
  id: string | undefined;
  busy: boolean;
}

/** Takes jobs from pg-boss and has them handled, so many at once. */
export class Fetchers<Data extends object> {
  readonly #boss: PgBoss;
  readonly #queue: string;
  readonly #handle: (job: Job<Data>) => Promise<JobResult>;
  readonly #loops: Loop[] = [];
  #waking: NodeJS.Timeout | undefined;

  constructor(boss: PgBoss, queue: string, handle: (job: Job<Data>) => Promise<JobResult>) {
    this.#boss = boss;
    this.#queue = queue;
    this.#handle = handle;
  }

  /** Never takes more than it can begin at once: what waits here could not be taken by another process. */
  async start(concurrency: number): Promise<void> {
    const loops = Math.min(LOOPS, concurrency);
    for (let count = 0; count < loops; count += 1) {
      const options = {
        batchSize: Math.floor((concurrency + count) / loops),
        perJobResults: true,
        pollingIntervalSeconds: POLL_SECONDS,
        notifyPollingIntervalSeconds: POLL_SECONDS,
      } as const;
      const loop: Loop = { id: undefined, busy: false };
      this.#loops.push(loop);
      loop.id = await this.#boss.work<Data, unknown, typeof options>(this.#queue, options, (jobs) =>
        this.#handleBatch(loop, jobs),
      );
    }
  }

  /** Fetches nothing any more; resolves when what was fetched is done. */
  async stop(): Promise<void> {
    if (this.#loops.length > 0) await this.#boss.offWork(this.#queue, { wait: true });
    clearTimeout(this.#waking);
  }

  async #handleBatch(loop: Loop, jobs: readonly Job<Data>[]): Promise<JobResult[]> {
    loop.busy = true;
    try {
      return await Promise.all(
        jobs.map(async (job) => {
          const result = await this.#handle(job);
          this.#wakeSoon();
          return result;
        }),
      );
    } finally {
      loop.busy = false;
      // The next of the groups of this batch may be taken now, and nothing else says so.
      if (loop.id !== undefined) this.#boss.notifyWorker(loop.id);
    }
  }

  #wakeSoon(): void {
    if (this.#waking !== undefined) return;
    this.#waking = setTimeout(() => {
      this.#waking = undefined;
      const idle = this.#loops.find(({ busy }) => !busy);
      if (idle?.id !== undefined) this.#boss.notifyWorker(idle.id);
    }, WAKE_AFTER_MS);
  }
}
