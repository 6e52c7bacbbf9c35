import type { PgBoss } from 'pg-boss';
import type { Log } from '../../log.ts';

/** Every queue is polled this often, for jobs that no notification names: due retries, and jobs of dead processes. */
const POLL_MS = 500;
/** Longest wait for running jobs when the process stops: less than the 30 s after which supervisors kill. */
const LONGEST_DRAIN_MS = 25_000;

/** A job that this process has claimed. */
export interface ClaimedJob {
  readonly id: string;
  readonly data: unknown;
  /** Increases with every claim, and so identifies the attempt. */
  readonly retryCount: number;
  readonly expireInSeconds: number;
}

export interface WorkerPoolOptions {
  readonly boss: Pick<PgBoss, 'fetch' | 'touch' | 'fail'>;
  readonly queues: readonly string[];
  /** Handles the job and settles it, in success or failure; never rejects. */
  readonly handle: (queue: string, job: ClaimedJob) => Promise<void>;
  /** Calls `wake` with the queues that received jobs, or with all queues where that is not known. */
  readonly listen: (wake: (queues: readonly string[]) => void) => Promise<{ close(): Promise<void> }>;
  readonly log: Log;
  /** A process that is silent for this long loses its jobs to others. */
  readonly heartbeatSeconds: number;
}

interface RunningJob {
  readonly queue: string;
  readonly job: ClaimedJob;
  /** Time of `performance.now()`. */
  readonly startedAt: number;
  readonly done: Promise<void>;
}

/**
 * Handles up to `size` jobs at once. A slot that becomes free gets the next job, however long the others take. No more
 * jobs are claimed than there are free slots: a job that waited here could not be taken by another process.
 */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #running = new Set<RunningJob>();
  /** Queues that may hold a job to claim, in the order in which they have their turn. */
  readonly #ready = new Set<string>();
  #loop: Promise<void> | undefined;
  #listener: { close(): Promise<void> } | undefined;
  #timers: readonly NodeJS.Timeout[] = [];
  #isStopping = false;
  #isUnreachable = false;
  #wake: () => void = () => undefined;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  async start(size: number): Promise<void> {
    if (size === 0) return;
    const { queues, listen, log, heartbeatSeconds } = this.#options;
    try {
      this.#listener = await listen((named) => this.#markReady(named));
    } catch (error) {
      log.warn({ err: error }, 'Notifications of new deliveries are off; queues are polled instead');
    }
    this.#timers = [
      setInterval(() => this.#markReady(queues), POLL_MS),
      setInterval(() => void this.#sendHeartbeats(), heartbeatSeconds * 500),
    ];
    this.#markReady(queues);
    this.#loop = this.#work(size);
  }

  /** Claims no more jobs and waits for the running ones; those that take too long are handed back to the queue. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#wake();
    await this.#loop;
    await this.#waitForRunning();
    for (const timer of this.#timers) clearInterval(timer);
    for (const running of this.#running) await this.#handBack(running);
    await this.#listener?.close();
  }

  async #work(size: number): Promise<void> {
    while (!this.#isStopping) {
      const free = size - this.#running.size;
      const [queue] = this.#ready;
      if (free > 0 && queue !== undefined) await this.#claim(queue, free);
      else await this.#nextWake();
    }
  }

  #nextWake(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  async #claim(queue: string, free: number): Promise<void> {
    // A notification during the fetch makes the queue ready again.
    this.#ready.delete(queue);
    const jobs = await this.#fetch(queue, free);
    // A full batch: there may be more, after the other queues have had their turn.
    if (jobs.length === free) this.#ready.add(queue);
    for (const job of jobs) this.#begin(queue, job);
  }

  async #fetch(queue: string, batchSize: number): Promise<readonly ClaimedJob[]> {
    const { boss, log } = this.#options;
    try {
      const jobs = await boss.fetch<unknown>(queue, { batchSize });
      this.#isUnreachable = false;
      return jobs;
    } catch (error) {
      if (!this.#isUnreachable) log.warn({ err: error }, 'Deliveries cannot be fetched; polling goes on');
      this.#isUnreachable = true;
      return [];
    }
  }

  #begin(queue: string, job: ClaimedJob): void {
    const done = this.#options.handle(queue, job).then(() => {
      this.#running.delete(running);
      // The next job of its group can be claimed now, and no notification announces it.
      this.#markReady([queue]);
    });
    const running: RunningJob = { queue, job, startedAt: performance.now(), done };
    this.#running.add(running);
  }

  #markReady(queues: readonly string[]): void {
    for (const queue of queues) this.#ready.add(queue);
    this.#wake();
  }

  /** Sends a heartbeat for each running job: one that hangs loses its slot, and pg-boss gives it away. */
  async #sendHeartbeats(): Promise<void> {
    const { boss, log } = this.#options;
    for (const running of this.#running) {
      const ageMs = performance.now() - running.startedAt;
      if (ageMs > running.job.expireInSeconds * 1_000) this.#running.delete(running);
    }
    this.#wake();
    for (const [queue, running] of Map.groupBy(this.#running, (each) => each.queue)) {
      try {
        await boss.touch(
          queue,
          running.map(({ job }) => attemptOf(job)),
        );
      } catch (error) {
        log.warn({ queue, err: error }, 'A heartbeat could not be sent');
      }
    }
  }

  async #waitForRunning(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LONGEST_DRAIN_MS);
    });
    await Promise.race([Promise.all([...this.#running].map(({ done }) => done)), timeout]);
    clearTimeout(timer);
  }

  /** Gives the job back. Its handler goes on, but can no longer complete the attempt, so that it writes nothing. */
  async #handBack({ queue, job }: RunningJob): Promise<void> {
    const { boss, log } = this.#options;
    log.warn({ queue, jobId: job.id }, 'A delivery took too long while the process stops; it is handed back');
    await boss.fail(queue, attemptOf(job), { message: 'The process stopped.' }).catch((error: unknown) => {
      log.warn({ queue, jobId: job.id, err: error }, 'A delivery could not be handed back');
    });
  }
}

/** Names one attempt of a job: settling it has no effect once the job was given to another process. */
export function attemptOf({ id, retryCount }: ClaimedJob): { id: string; retryCount: number } {
  return { id, retryCount };
}
