import { setImmediate as turn } from 'node:timers/promises';
import { type Clock, systemWaits, type Waits } from '../clock.ts';
import type { DataDirectory } from '../disk/data-directory.ts';
import { OffbeatError } from '../errors.ts';
import type { Log } from '../log.ts';
import {
  type DeliveryLine,
  DeliveryRecords,
  type LeftOver,
  type LostSpan,
  letterIdOf,
} from './delivery-records.ts';
import { GroupScheduler } from './group-scheduler.ts';
import {
  type Acceptance,
  type AcceptedJob,
  crashedTooOften,
  isPermanentFailure,
  type Job,
  keysOf,
  type Queue,
  type QueueStats,
  statedWaitOf,
} from './queue.ts';

/** Handlers wait for GitHub most of the time; more at once would only meet its limits sooner. */
const CONCURRENCY = 16;
/** Tries of one job, spread over about ten minutes: a restart of GitHub's API passes, a bug in a handler does not. */
const MAX_ATTEMPTS = 8;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 5 * 60_000;
/** Nobody waits longer for suspects: one of them may wait for GitHub, and what ends a process does so sooner. */
const LONGEST_SUSPICION_MS = 60_000;

/**
 * Handlers whose repository is in memory wait for nothing, and would follow each other without a turn of the event
 * loop: after this long they let requests, timers and the lock's heartbeat have theirs.
 */
const LONGEST_TURN_MS = 10;

export interface InProcessQueueOptions {
  readonly data: DataDirectory;
  /** Handling a job a second time must do no more than once: after a crash some are handled again. */
  readonly handle: (job: AcceptedJob) => Promise<void>;
  readonly log: Log;
  readonly clock: Clock;
  /** Uniform in [0, 1), for the jitter of retries. */
  readonly random: () => number;
  readonly concurrency?: number;
  readonly maxAttempts?: number;
  readonly firstRetryMs?: number;
  /** By which a job waits for its next try; the machine's own time where left out. */
  readonly waits?: Pick<Waits, 'later'>;
}

interface Entry {
  readonly sequence: number;
  readonly job: Job;
  attempt: number;
  /**
   * `null` for a job of this start. Of one that is left over: how often the process ended while it was being handled.
   */
  readonly crashes: number | null;
}

/** The queue of one process, and what only it can tell. */
export interface InProcessQueue extends Queue {
  /** When deliveries were accepted whose records are damaged; none where the journal is whole. */
  readonly lost: readonly LostSpan[];
  /** Whether a delivery of that id was accepted, or could not be read. */
  knows(deliveryId: string): boolean;
  /** Deliveries of an earlier process that are not handled yet: what is kept lacks them. */
  replaying(): number;
}

/**
 * The queue of a single process: the journal of the data directory in front, handlers behind. What was accepted and is
 * not known to be done is handled again after a restart, in the order accepted, before anything new.
 */
export async function createInProcessQueue(options: InProcessQueueOptions): Promise<InProcessQueue> {
  const records = new DeliveryRecords(options.data);
  const { left, lost } = await records.recover(options.clock.now());
  const queue = new JournaledQueue(options, records, lost);
  queue.begin(left);
  return queue;
}

class JournaledQueue implements InProcessQueue {
  readonly lost: readonly LostSpan[];
  readonly #options: InProcessQueueOptions;
  readonly #records: DeliveryRecords;
  readonly #scheduler: GroupScheduler<Entry>;
  /** Jobs on their way to the disk, by key: a twin that comes meanwhile shares their fate. */
  readonly #arriving = new Map<string, Promise<Acceptance>>();
  /** Jobs that are accepted and not done, oldest first. */
  readonly #open = new Map<number, Entry>();
  /** Jobs at which a process has ended. While there are any, one job at a time: so it shows which of them it was. */
  readonly #suspects = new Set<number>();
  #suspicion: NodeJS.Timeout | undefined;
  /** What calls off the tries that are to come. */
  readonly #retries = new Set<() => void>();
  #replaying = 0;
  #whenIdle: (() => void)[] = [];
  #closing: Promise<void> | undefined;
  /** When the event loop last had a turn between two jobs, in ms of the process's own clock. */
  #turnedAt = 0;

  constructor(options: InProcessQueueOptions, records: DeliveryRecords, lost: readonly LostSpan[]) {
    this.lost = lost;
    this.#options = options;
    this.#records = records;
    this.#scheduler = new GroupScheduler(options.concurrency ?? CONCURRENCY, (group, entry) => {
      void this.#run(group, entry);
    });
    options.data.addReader({
      checkpoint: () => records.checkpoint(),
      neededFrom: () => this.#open.keys().next().value ?? null,
    });
  }

  /** Takes up what an earlier process has left. */
  begin(left: readonly LeftOver[]): void {
    for (const { sequence, crashes } of left) if (crashes > 0) this.#suspects.add(sequence);
    if (this.#suspects.size > 0) this.#beginSuspicion();
    for (const { sequence, job, crashes } of left)
      this.#enqueue({ sequence, job, attempt: crashes, crashes });
    this.#replaying = left.length;
    if (left.length === 0) return;
    this.#options.log.info(
      { deliveries: left.length, suspects: this.#suspects.size },
      'Deliveries of the last run are handled again',
    );
  }

  knows(deliveryId: string): boolean {
    return (
      this.#records.seen.hasAny([`delivery:${deliveryId}`]) ||
      this.#records.letters.list().some((letter) => letter.deliveryId === deliveryId)
    );
  }

  replaying(): number {
    return this.#replaying;
  }

  async accept(job: Job): Promise<Acceptance> {
    if (this.#closing !== undefined)
      throw new OffbeatError('queue-closed', 'The queue takes no more deliveries.');
    const keys = keysOf(job);
    if (this.#records.seen.hasAny(keys)) return 'duplicate';
    for (const key of keys) {
      const twin = this.#arriving.get(key);
      if (twin !== undefined) {
        await twin;
        return 'duplicate';
      }
    }
    const arrival = this.#store(job);
    for (const key of keys) this.#arriving.set(key, arrival);
    try {
      return await arrival;
    } finally {
      for (const key of keys) this.#arriving.delete(key);
      this.#announceIdle();
    }
  }

  async reject(rejected: {
    readonly deliveryId: string;
    readonly event: string;
    readonly reason: string;
  }): Promise<void> {
    const letter = { ...rejected, id: `unread-${rejected.deliveryId}`, attempts: 0, job: null };
    await this.#records.append({ letter: { ...letter, at: this.#options.clock.now() } });
  }

  async deadLetters() {
    return this.#records.letters.list();
  }

  async redrive(id: string): Promise<boolean> {
    const job = this.#records.letters.get(id)?.job ?? null;
    if (job === null) return false;
    await this.#store(job, id);
    return true;
  }

  async drop(id: string): Promise<boolean> {
    if (this.#records.letters.get(id) === undefined) return false;
    await this.#records.append({ gone: id });
    return true;
  }

  idle(): Promise<void> {
    if (this.#open.size === 0 && this.#arriving.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve);
    });
  }

  drain(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  stats(): QueueStats {
    const oldest = this.#open.values().next();
    return {
      waiting: this.#scheduler.waiting,
      running: this.#scheduler.running,
      deadLetters: this.#records.letters.size,
      oldestAgeSeconds: oldest.done
        ? 0
        : Math.max(0, (this.#options.clock.now() - oldest.value.job.acceptedAt) / 1_000),
    };
  }

  /** `gone`: id of the dead letter that the job was in. */
  async #store(job: Job, gone?: string): Promise<Acceptance> {
    const sequence = await this.#records.append({ job, ...(gone === undefined ? {} : { gone }) });
    this.#enqueue({ sequence, job, attempt: 0, crashes: null });
    return 'accepted';
  }

  #enqueue(entry: Entry): void {
    this.#open.set(entry.sequence, entry);
    this.#scheduler.add(entry.job.group, entry);
  }

  async #run(group: string, entry: Entry): Promise<void> {
    if (performance.now() - this.#turnedAt > LONGEST_TURN_MS) {
      await turn();
      this.#turnedAt = performance.now();
    }
    const failure = await this.#try(entry);
    this.#acquit(entry);
    if (failure !== null && (await this.#giveUpOrRetry(group, entry, failure.error))) return;
    // Before the next of the group begins: after a crash only the job that was being handled is handled again.
    await this.#note(entry, { done: entry.sequence });
    this.#settle(entry);
    this.#scheduler.done(group);
  }

  async #try(entry: Entry): Promise<{ readonly error: unknown } | null> {
    const { sequence, job, crashes } = entry;
    if (crashes !== null && crashes >= this.#maxAttempts) return { error: crashedTooOften(crashes) };
    if (crashes !== null) await this.#note(entry, { begun: sequence });
    entry.attempt += 1;
    const { attempt } = entry;
    try {
      await this.#options.handle({ ...job, sequence, attempt });
      return null;
    } catch (error) {
      return { error };
    } finally {
      if (crashes !== null) await this.#note(entry, { ended: sequence });
    }
  }

  /** For a while one job at a time, so that it shows which of the suspects the process ends at. */
  #beginSuspicion(): void {
    this.#scheduler.limitTo(1);
    this.#suspicion = setTimeout(() => this.#endSuspicion(), LONGEST_SUSPICION_MS);
    this.#suspicion.unref();
  }

  #acquit({ sequence }: Entry): void {
    if (this.#suspects.delete(sequence) && this.#suspects.size === 0) this.#endSuspicion();
  }

  #endSuspicion(): void {
    clearTimeout(this.#suspicion);
    this.#suspects.clear();
    this.#scheduler.limitTo(this.#options.concurrency ?? CONCURRENCY);
  }

  async #note({ job }: Entry, line: Pick<DeliveryLine, 'begun' | 'ended' | 'done'>): Promise<void> {
    try {
      await this.#records.append(line);
    } catch (error) {
      this.#options.log.warn(
        { deliveryId: job.deliveryId, err: error },
        'How far a delivery came could not be written down',
      );
    }
  }

  /** True where the entry was put back to be tried again. */
  async #giveUpOrRetry(group: string, entry: Entry, error: unknown): Promise<boolean> {
    const statedWait = statedWaitOf(error);
    if (statedWait !== null) {
      this.#putOff(group, entry, error, statedWait);
      return true;
    }
    const { job, attempt } = entry;
    const fields = { deliveryId: job.deliveryId, event: job.event, attempt, err: error };
    if (attempt >= this.#maxAttempts || isPermanentFailure(error)) {
      try {
        const reason =
          error instanceof OffbeatError ? error.sentence : `The handler failed: ${String(error)}`;
        const { deliveryId, event } = job;
        const id = letterIdOf(entry.sequence);
        const at = this.#options.clock.now();
        await this.#records.append({ letter: { id, at, deliveryId, event, reason, attempts: attempt, job } });
        this.#options.log.error(fields, 'A delivery was given up; it stands in the dead letters');
        return false;
      } catch (letterError) {
        // Nothing may vanish: while the disk takes no dead letter, the job stays first of its group.
        this.#options.log.error({ ...fields, err: letterError }, 'A dead letter could not be written');
      }
    } else {
      this.#options.log.warn(fields, 'A delivery failed and will be tried again');
    }
    this.#scheduler.putBack(group, entry);
    this.#resumeLater(group, this.#waitAfter(attempt));
    return true;
  }

  /** Puts an entry back until the time that its failure states, as if it had not been tried. */
  #putOff(group: string, entry: Entry, error: unknown, waitMs: number): void {
    const { deliveryId, event } = entry.job;
    this.#options.log.info(
      { deliveryId, event, waitMs, err: error },
      'A delivery waits until it makes sense to try again',
    );
    entry.attempt -= 1;
    this.#scheduler.putBack(group, entry);
    this.#resumeLater(group, waitMs);
  }

  /**
   * Ms to wait after that many tries. Between half and all of it: groups that failed together do not come back
   * together.
   */
  #waitAfter(attempt: number): number {
    const firstMs = this.#options.firstRetryMs ?? FIRST_RETRY_MS;
    return Math.min(LONGEST_RETRY_MS, firstMs * 2 ** (attempt - 1)) * (0.5 + this.#options.random() / 2);
  }

  #resumeLater(group: string, waitMs: number): void {
    // The next start comes to it; a timer would only keep this process from ending.
    if (this.#closing !== undefined) return;
    const callOff = (this.#options.waits ?? systemWaits).later(() => {
      this.#retries.delete(callOff);
      this.#scheduler.resume(group);
    }, waitMs);
    this.#retries.add(callOff);
  }

  get #maxAttempts(): number {
    return this.#options.maxAttempts ?? MAX_ATTEMPTS;
  }

  #settle(entry: Entry): void {
    this.#open.delete(entry.sequence);
    if (entry.crashes !== null) this.#replaying -= 1;
    this.#announceIdle();
  }

  #announceIdle(): void {
    if (this.#open.size > 0 || this.#arriving.size > 0) return;
    const waiting = this.#whenIdle;
    this.#whenIdle = [];
    for (const resolve of waiting) resolve();
  }

  async #drain(): Promise<void> {
    this.#scheduler.stop();
    clearTimeout(this.#suspicion);
    for (const callOff of this.#retries) callOff();
    while (this.#arriving.size > 0) await Promise.allSettled(this.#arriving.values());
    while (this.#scheduler.running > 0) await new Promise((resolve) => setTimeout(resolve, DRAIN_LOOK_MS));
  }
}

const DRAIN_LOOK_MS = 10;
