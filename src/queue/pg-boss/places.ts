import type { PgBoss } from 'pg-boss';
import type { Log } from '../../usecases/ports.ts';
import { MOST_IN_A_ROW } from '../queue.ts';

/** Says to every process that works that deliveries have come. */
export const ARRIVALS = 'offbeat_deliveries';

/** While jobs are under way, fetches begin at least this far apart, so that one finds work for several places. */
const GAP_MS = 5;
/** How soon is looked again where nothing says that there is work: the turn of a retry has come, another process has died. */
const POLL_MS = 500;

/** What is needed of a job that is this process's own for now. */
export interface ClaimedJob {
  readonly id: string;
  readonly data: unknown;
  /** Goes up with every claim, and so names the try. */
  readonly retryCount: number;
  readonly expireInSeconds: number;
}

export interface PlacesOptions {
  readonly boss: PgBoss;
  readonly queue: string;
  /** Claims so many jobs at most. */
  readonly fetch: (count: number) => Promise<readonly ClaimedJob[]>;
  /**
   * Does the job and settles it, whichever way; never rejects. Where it may go on, it may claim the next of the same group
   * and resolve with it.
   */
  readonly handle: (job: ClaimedJob, mayGoOn: () => boolean) => Promise<ClaimedJob | null>;
  readonly log: Log;
  /** A process that is silent for this long loses its jobs to others. */
  readonly heartbeatSeconds: number;
}

interface Place {
  job: ClaimedJob;
  /** When the job was begun, by the clock of `performance`. */
  since: number;
  done: Promise<void>;
}

/**
 * So many jobs handled at once: a place that becomes free is given to the next job, however long the others take. No more
 * is fetched than there are places: what waits here could not be taken by another process.
 */
export class Places {
  readonly #options: PlacesOptions;
  readonly #taken = new Set<Place>();
  #working: Promise<void> | undefined;
  #listening: { close(): Promise<void> } | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #stopping = false;
  /** Something has happened since the last fetch that may have brought work. */
  #woken = false;
  #wake: () => void = () => undefined;
  #isAway = false;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  async start(count: number): Promise<void> {
    if (count === 0) return;
    await this.#listen();
    this.#heartbeat = setInterval(() => void this.#beat(), this.#options.heartbeatSeconds * 500);
    this.#working = this.#work(count);
  }

  /** Fetches nothing any more; resolves when what was fetched is done. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wakeUp();
    await this.#working;
    while (this.#taken.size > 0) await Promise.all([...this.#taken].map(({ done }) => done));
    clearInterval(this.#heartbeat);
    await this.#listening?.close();
  }

  async #work(count: number): Promise<void> {
    while (!this.#stopping) {
      const begun = performance.now();
      this.#woken = false;
      const free = count - this.#taken.size;
      if (free > 0) for (const job of await this.#fetch(free)) this.#take(job);
      await this.#rest(POLL_MS, () => this.#woken);
      if (this.#taken.size === 0) continue;
      await this.#rest(GAP_MS - (performance.now() - begun), () => this.#taken.size === 0);
    }
  }

  async #fetch(count: number): Promise<readonly ClaimedJob[]> {
    const { fetch, log } = this.#options;
    try {
      const jobs = await fetch(count);
      this.#isAway = false;
      return jobs;
    } catch (error) {
      if (!this.#isAway)
        log.warn({ err: error }, 'Deliveries cannot be fetched; it is tried again and again');
      this.#isAway = true;
      return [];
    }
  }

  #take(job: ClaimedJob): void {
    const place: Place = { job, since: performance.now(), done: Promise.resolve() };
    this.#taken.add(place);
    place.done = this.#occupy(place).then(() => {
      this.#taken.delete(place);
      // The next of its group may be taken now, and nothing else says so.
      this.#wakeUp();
    });
  }

  async #occupy(place: Place): Promise<void> {
    for (let inARow = 1; ; inARow += 1) {
      // One whose time was up may be somebody else's place by now.
      const mayGoOn = (): boolean => !this.#stopping && inARow < MOST_IN_A_ROW && this.#taken.has(place);
      const next = await this.#options.handle(place.job, mayGoOn);
      if (next === null) return;
      place.job = next;
      place.since = performance.now();
    }
  }

  #wakeUp(): void {
    this.#woken = true;
    this.#wake();
  }

  /** Resolves after so long, or as soon as a wake-up finds `isOver`. */
  async #rest(milliseconds: number, isOver: () => boolean): Promise<void> {
    if (milliseconds <= 0 || this.#stopping || isOver()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        if (!isOver()) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => undefined;
  }

  async #listen(): Promise<void> {
    const { boss, log } = this.#options;
    const wakeUp = (): void => this.#wakeUp();
    try {
      this.#listening = await boss.getDb().listen?.(ARRIVALS, wakeUp, wakeUp);
    } catch (error) {
      log.warn({ err: error }, 'Nobody tells when deliveries come; it is looked for them instead');
    }
  }

  /** Tells that this process is alive. A job that hangs gives its place back: its time is up, and others may have it. */
  async #beat(): Promise<void> {
    const { boss, queue, log } = this.#options;
    for (const place of this.#taken) {
      if (performance.now() - place.since > place.job.expireInSeconds * 1_000) this.#taken.delete(place);
    }
    const held = [...this.#taken].map(({ job }) => job);
    this.#wakeUp();
    if (held.length === 0) return;
    try {
      await boss.touch(
        queue,
        held.map(({ id, retryCount }) => ({ id, retryCount })),
      );
    } catch (error) {
      log.warn({ err: error }, 'A sign of life could not be given');
    }
  }
}
