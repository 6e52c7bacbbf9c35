import { setImmediate as turn } from 'node:timers/promises';
import { type Clock, systemWaits, type Waits } from '../clock.ts';
import type { DataDirectory } from '../disk/data-directory.ts';
import { OffbeatError } from '../errors.ts';
import type { Log } from '../log.ts';
import { MINUTE_MS } from '../time.ts';
import { type DeliveryLine, DeliveryRecords, type LeftOver, type LostSpan } from './delivery-records.ts';
import { GroupScheduler } from './group-scheduler.ts';
import {
  type Acceptance,
  type AcceptedJob,
  crashedTooOften,
  isPermanentFailure,
  type Job,
  keysOf,
  letterOfJob,
  letterOfUnreadable,
  type Queue,
  type QueueStats,
  statedWaitOf,
  type Unreadable,
} from './queue.ts';

/** Handlers wait for GitHub most of the time; more at once would only meet its limits sooner. */
const CONCURRENCY = 16;
/** Tries of one job, spread over about ten minutes: a restart of GitHub's API passes, a bug in a handler does not. */
const MAX_ATTEMPTS = 8;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 5 * MINUTE_MS;
/** Longest time of one job at a time: a candidate may wait for GitHub, and a job that crashes does so sooner. */
const LONGEST_ISOLATION_MS = MINUTE_MS;

/** Handlers of repositories in memory wait for nothing: after this long the queue yields to the event loop. */
const LONGEST_TURN_MS = 10;

export interface InProcessQueueOptions {
  readonly data: DataDirectory;
  /** Handling a job a second time must do no more than once: after a crash some are handled again. */
  readonly handle: (job: AcceptedJob) => Promise<void>;
  readonly log: Log;
  readonly clock: Clock;
  /** Uniform in [0, 1), for the jitter of retries. */
  readonly random: () => number;
  readonly concurrency?: number | undefined;
  readonly maxAttempts?: number;
  readonly firstRetryMs?: number;
  /** Timer for the next try of a job; the system's timers where left out. */
  readonly waits?: Pick<Waits, 'later'> | undefined;
}

interface Entry {
  readonly sequence: number;
  readonly job: Job;
  attempt: number;
  /** Number of processes that ended while they handled the job; `null` for a job accepted by this process. */
  readonly crashes: number | null;
  /** Handled, and the disk has not taken yet that it is. */
  isHandled: boolean;
}

/** The queue of a single process, by a journal. After a restart jobs not known to be done come first, in order. */
export async function createInProcessQueue(options: InProcessQueueOptions): Promise<InProcessQueue> {
  const records = new DeliveryRecords(options.data);
  const { left, lost } = await records.recover(options.clock.now());
  const queue = new InProcessQueue(options, records, lost);
  queue.begin(left);
  return queue;
}

/** The queue of one process, with the facts that only a queue in files knows. */
export class InProcessQueue implements Queue {
  /** Spans in which deliveries were accepted whose records are damaged; none where the journal is whole. */
  readonly lost: readonly LostSpan[];
  readonly #options: InProcessQueueOptions;
  readonly #records: DeliveryRecords;
  readonly #scheduler: GroupScheduler<Entry>;
  /** Jobs that are being written, by key: a duplicate that arrives meanwhile fails or succeeds with the first. */
  readonly #arriving = new Map<string, Promise<Acceptance>>();
  /** Jobs that are accepted and not done, oldest first. */
  readonly #open = new Map<number, Entry>();
  /** Jobs that ran when a process ended: until they are done, jobs run one at a time, so that the cause shows. */
  readonly #crashCandidates = new Set<number>();
  #isolationTimer: NodeJS.Timeout | undefined;
  /** Cancels the tries that are scheduled. */
  readonly #retries = new Set<() => void>();
  #replaying = 0;
  #whenIdle: (() => void)[] = [];
  #closing: Promise<void> | undefined;
  /** Time of the last turn of the event loop between two jobs, in ms of the process's own clock. */
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

  /** Queues the jobs that an earlier process has left. */
  begin(left: readonly LeftOver[]): void {
    for (const { sequence, crashes } of left) if (crashes > 0) this.#crashCandidates.add(sequence);
    if (this.#crashCandidates.size > 0) this.#isolateCandidates();
    for (const { sequence, job, crashes } of left)
      this.#enqueue({ sequence, job, attempt: crashes, crashes, isHandled: false });
    this.#replaying = left.length;
    if (left.length === 0) return;
    this.#options.log.info(
      { deliveries: left.length, crashCandidates: this.#crashCandidates.size },
      'Deliveries of the last run are handled again',
    );
  }

  /** True where a delivery of that id was accepted, or was rejected as unreadable. */
  knows(deliveryId: string): boolean {
    return (
      this.#records.seen.hasAny([`delivery:${deliveryId}`]) ||
      this.#records.letters.list().some((letter) => letter.deliveryId === deliveryId)
    );
  }

  /** Deliveries of an earlier process that are not handled yet: the stored state lacks them. */
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

  async reject(delivery: Unreadable): Promise<void> {
    await this.#records.append({ letter: letterOfUnreadable(delivery, this.#options.clock.now()) });
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
    this.#enqueue({ sequence, job, attempt: 0, crashes: null, isHandled: false });
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
    const failure = entry.isHandled ? null : await this.#try(entry);
    this.#clearCandidate(entry);
    if (failure !== null && (await this.#giveUpOrRetry(group, entry, failure.error))) return;
    // Written before the next job of the group begins: after a crash only the job that was running is handled again.
    const isNoted = await this.#note(entry, { done: entry.sequence });
    if (failure === null) {
      if (!isNoted) {
        entry.isHandled = true;
        this.#scheduler.putBack(group, entry);
        return this.#resumeLater(group, this.#waitAfter(entry.attempt));
      }
      for (const { id } of this.#records.letters.of(entry.job)) await this.#note(entry, { gone: id });
    }
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

  /** Handles one job at a time for a while, so that the next crash shows which candidate causes it. */
  #isolateCandidates(): void {
    this.#scheduler.limitTo(1);
    this.#isolationTimer = setTimeout(() => this.#endIsolation(), LONGEST_ISOLATION_MS);
    this.#isolationTimer.unref();
  }

  #clearCandidate({ sequence }: Entry): void {
    if (this.#crashCandidates.delete(sequence) && this.#crashCandidates.size === 0) this.#endIsolation();
  }

  #endIsolation(): void {
    clearTimeout(this.#isolationTimer);
    this.#crashCandidates.clear();
    this.#scheduler.limitTo(this.#options.concurrency ?? CONCURRENCY);
  }

  /** False where the disk does not take it. */
  async #note(
    { job }: Entry,
    line: Pick<DeliveryLine, 'begun' | 'ended' | 'done' | 'gone'>,
  ): Promise<boolean> {
    try {
      await this.#records.append(line);
      return true;
    } catch (error) {
      this.#options.log.warn(
        { deliveryId: job.deliveryId, err: error },
        'The progress of a delivery could not be written',
      );
      return false;
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
        const given = { ...job, sequence: entry.sequence, attempt };
        await this.#records.append({ letter: letterOfJob(given, error, this.#options.clock.now()) });
        this.#options.log.error(fields, 'A delivery was given up; it is in the dead letters');
        return false;
      } catch (letterError) {
        // No delivery may vanish: while the disk takes no dead letter, the job stays first of its group.
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

  /** Ms to wait after `attempt` tries, with jitter so that groups that failed together do not retry together. */
  #waitAfter(attempt: number): number {
    const firstMs = this.#options.firstRetryMs ?? FIRST_RETRY_MS;
    return Math.min(LONGEST_RETRY_MS, firstMs * 2 ** (attempt - 1)) * (0.5 + this.#options.random() / 2);
  }

  #resumeLater(group: string, waitMs: number): void {
    // The next process will try it; a timer would only keep this one from ending.
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
    clearTimeout(this.#isolationTimer);
    for (const callOff of this.#retries) callOff();
    while (this.#arriving.size > 0) await Promise.allSettled(this.#arriving.values());
    while (this.#scheduler.running > 0) await new Promise((resolve) => setTimeout(resolve, DRAIN_LOOK_MS));
  }
}

const DRAIN_LOOK_MS = 10;
