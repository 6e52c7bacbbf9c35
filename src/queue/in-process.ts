import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { type Journal, openJournal } from '../disk/journal.ts';
import { OffbeatError } from '../errors.ts';
import type { Clock, Log } from '../usecases/ports.ts';
import { type DeadLetters, openDeadLetters } from './dead-letters.ts';
import { GroupScheduler } from './group-scheduler.ts';
import {
  type Acceptance,
  type AcceptedJob,
  crashedTooOften,
  isPermanentFailure,
  Job,
  keysOf,
  type Ledger,
  type Queue,
  type QueueStats,
} from './queue.ts';
import { SeenKeys } from './seen-keys.ts';

/** Handlers wait for GitHub most of the time; more at once would only meet its limits sooner. */
const CONCURRENCY = 16;
/** Tries of one job, spread over about ten minutes: a restart of GitHub's API passes, a bug in a handler does not. */
const MAX_ATTEMPTS = 8;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 5 * 60_000;
/** Segments of accepted deliveries beyond which the effects are made safe and the oldest segments dropped. */
const MAX_SEGMENTS = 8;
/** Nobody waits longer for suspects: one of them may wait for GitHub, and what ends a process does so sooner. */
const LONGEST_SUSPICION_MS = 60_000;

/**
 * Handlers whose repository is in memory wait for nothing, and would follow each other without a turn of the event loop:
 * after this long they let requests, timers and the lock's heartbeat have theirs.
 */
const LONGEST_TURN_MS = 10;

export interface InProcessQueueOptions {
  /** Of the queue alone; the process must hold the lock of the data directory above it. */
  readonly directory: string;
  readonly ledger: Ledger;
  readonly handle: (job: AcceptedJob) => Promise<void>;
  readonly log: Log;
  readonly clock: Clock;
  /** Uniform in [0, 1), for the jitter of retries. */
  readonly random: () => number;
  readonly concurrency?: number;
  readonly maxAttempts?: number;
  readonly firstRetryMs?: number;
  readonly segmentBytes?: number;
}

interface Entry {
  readonly sequence: number;
  readonly job: Job;
  attempt: number;
  /** `null` for a job of this start. Of one that is left over: how often the process ended while it was being handled. */
  readonly crashes: number | null;
}

/** A line of the journal: a job, or what became of one (by its sequence). */
interface Line {
  readonly job?: unknown;
  /** Of an installation: its effects are safe. */
  readonly done?: number;
  /** Left over, and begun once more. */
  readonly begun?: number;
  /** That try came to an end, whichever: the process has survived it. */
  readonly ended?: number;
}

/**
 * The queue of a single process: a journal in front, handlers behind. What was accepted and is not known to be
 * safe in the ledger is handled again after a restart, in the order accepted, before anything new.
 */
export async function createInProcessQueue(options: InProcessQueueOptions): Promise<Queue> {
  const segment = options.segmentBytes === undefined ? {} : { segmentBytes: options.segmentBytes };
  const journal = await openJournal({ directory: join(options.directory, 'deliveries'), ...segment });
  const letters = await openDeadLetters(join(options.directory, 'dead-letters'));
  const queue = new InProcessQueue(options, journal, letters);
  await queue.recover();
  return queue;
}

class InProcessQueue implements Queue {
  readonly #options: InProcessQueueOptions;
  readonly #journal: Journal;
  readonly #letters: DeadLetters;
  readonly #scheduler: GroupScheduler<Entry>;
  readonly #seen = new SeenKeys();
  /** Jobs on their way to the disk, by key: a twin that comes meanwhile shares their fate. */
  readonly #arriving = new Map<string, Promise<Acceptance>>();
  /** Jobs that are safe and not settled, oldest first. */
  readonly #open = new Map<number, Entry>();
  /** Jobs at which a process has ended. While there are any, one job at a time: so it shows which of them it was. */
  readonly #suspects = new Set<number>();
  #suspicion: NodeJS.Timeout | undefined;
  readonly #retries = new Set<NodeJS.Timeout>();
  #whenIdle: (() => void)[] = [];
  #closing: Promise<void> | undefined;
  #compacting = false;
  /** Everything up to here was settled when effects were last made safe. */
  #safeThrough = 0;
  /** When the event loop last had a turn between two jobs, in ms of the process's own clock. */
  #turnedAt = 0;

  constructor(options: InProcessQueueOptions, journal: Journal, letters: DeadLetters) {
    this.#options = options;
    this.#journal = journal;
    this.#letters = letters;
    this.#scheduler = new GroupScheduler(options.concurrency ?? CONCURRENCY, (group, entry) => {
      void this.#run(group, entry);
    });
  }

  async recover(): Promise<void> {
    /** Of each job that is not known to be done its repository; `null` for an installation's. */
    const unsafe = new Map<number, number | null>();
    /** Tries after which nothing was heard any more, by job. */
    const crashes = new Map<number, number>();
    const reaches = new Map<number, Promise<number>>();
    const givenUp = new Set(this.#letters.list().map(({ id }) => id));
    const damagedLines = await this.#journal.walk(0, ({ sequence, body }) => {
      const line: Line = JSON.parse(body);
      if (line.done !== undefined) unsafe.delete(line.done);
      if (line.begun !== undefined) crashes.set(line.begun, (crashes.get(line.begun) ?? 0) + 1);
      if (line.ended !== undefined) crashes.delete(line.ended);
      const { success, data: job } = Job.safeParse(line.job);
      if (!success || givenUp.has(letterIdOf(sequence))) return;
      this.#seen.add(keysOf(job));
      unsafe.set(sequence, job.repositoryId);
      // Asked for at once, and waited for later: the disk works while the journal is read on.
      if (job.repositoryId !== null) this.#askReach(job.repositoryId, reaches);
    });
    for (const [sequence, id] of unsafe) {
      if (id !== null && sequence <= ((await reaches.get(id)) ?? 0)) unsafe.delete(sequence);
    }
    const again = (await this.#readJobs(unsafe)).map(({ sequence, job }): Entry => {
      const ended = crashes.get(sequence) ?? 0;
      return { sequence, job, attempt: ended, crashes: ended };
    });
    for (const { sequence, attempt } of again) if (attempt > 0) this.#suspects.add(sequence);
    if (this.#suspects.size > 0) this.#beginSuspicion();
    for (const entry of again) this.#enqueue(entry);
    if (damagedLines > 0) {
      this.#options.log.error(
        { damagedLines },
        'The journal of deliveries is damaged; ask GitHub to redeliver',
      );
    }
    if (again.length > 0) {
      this.#options.log.info(
        { deliveries: again.length, suspects: this.#suspects.size },
        'Deliveries of the last run are handled again',
      );
    }
  }

  #askReach(id: number, reaches: Map<number, Promise<number>>): void {
    if (reaches.has(id)) return;
    const reach = this.#options.ledger.appliedThrough(id);
    // Whoever waits for it hears of its failure.
    reach.catch(() => undefined);
    reaches.set(id, reach);
  }

  /** Most of a long journal is safe: only what is not is held. */
  async #readJobs(
    wanted: ReadonlyMap<number, unknown>,
  ): Promise<readonly { readonly sequence: number; readonly job: Job }[]> {
    const jobs: { sequence: number; job: Job }[] = [];
    const first = wanted.keys().next();
    if (first.done) return jobs;
    await this.#journal.walk(first.value - 1, ({ sequence, body }) => {
      if (wanted.has(sequence)) jobs.push({ sequence, job: Job.parse(JSON.parse(body).job) });
    });
    return jobs;
  }

  async accept(job: Job): Promise<Acceptance> {
    if (this.#closing !== undefined)
      throw new OffbeatError('queue-closed', 'The queue takes no more deliveries.');
    const keys = keysOf(job);
    if (this.#seen.hasAny(keys)) return 'duplicate';
    for (const key of keys) {
      const twin = this.#arriving.get(key);
      if (twin !== undefined) {
        await twin;
        return 'duplicate';
      }
    }
    const arrival = this.#store(job, keys);
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
    await this.#letters.add({
      ...rejected,
      id: `unread-${rejected.deliveryId}`,
      at: this.#options.clock.now(),
      attempts: 0,
      job: null,
    });
  }

  async deadLetters() {
    return this.#letters.list();
  }

  async redrive(id: string): Promise<boolean> {
    const letter = this.#letters.list().find((each) => each.id === id);
    if (letter === undefined || letter.job === null) return false;
    await this.#store(letter.job, keysOf(letter.job));
    await this.#letters.remove(id);
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
      deadLetters: this.#letters.size,
      oldestAgeSeconds: oldest.done
        ? 0
        : Math.max(0, (this.#options.clock.now() - oldest.value.job.acceptedAt) / 1_000),
    };
  }

  async #store(job: Job, keys: readonly string[]): Promise<Acceptance> {
    const sequence = await this.#journal.append(JSON.stringify({ job }));
    this.#seen.add(keys);
    this.#enqueue({ sequence, job, attempt: 0, crashes: null });
    if (this.#journal.segments.length > MAX_SEGMENTS) void this.#compact();
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
      const work = (): Promise<void> => this.#options.handle({ ...job, sequence, attempt });
      if (job.repositoryId === null) await work();
      else await this.#options.ledger.during(job.repositoryId, sequence, work);
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

  async #note({ job }: Entry, line: Line): Promise<void> {
    try {
      await this.#journal.append(JSON.stringify(line));
    } catch (error) {
      this.#options.log.warn(
        { deliveryId: job.deliveryId, err: error },
        'How far a delivery came could not be written down',
      );
    }
  }

  /** True where the entry was put back to be tried again. */
  async #giveUpOrRetry(group: string, entry: Entry, error: unknown): Promise<boolean> {
    const { job, attempt } = entry;
    const fields = { deliveryId: job.deliveryId, event: job.event, attempt, err: error };
    if (attempt >= this.#maxAttempts || isPermanentFailure(error)) {
      try {
        await this.#letters.add({
          id: letterIdOf(entry.sequence),
          at: this.#options.clock.now(),
          deliveryId: job.deliveryId,
          event: job.event,
          reason: error instanceof OffbeatError ? error.sentence : `The handler failed: ${String(error)}`,
          attempts: attempt,
          job,
        });
        // GitHub's own "Redeliver" button then works as a redrive too.
        this.#seen.forget(keysOf(job));
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
    this.#resumeLater(group, attempt);
    return true;
  }

  #resumeLater(group: string, attempt: number): void {
    // The next start comes to it; a timer would only keep this process from ending.
    if (this.#closing !== undefined) return;
    const ceiling = Math.min(
      LONGEST_RETRY_MS,
      (this.#options.firstRetryMs ?? FIRST_RETRY_MS) * 2 ** (attempt - 1),
    );
    // Between half and all of it: groups that failed together do not come back together.
    const delay = ceiling * (0.5 + this.#options.random() / 2);
    const timer = setTimeout(() => {
      this.#retries.delete(timer);
      this.#scheduler.resume(group);
    }, delay);
    this.#retries.add(timer);
  }

  get #maxAttempts(): number {
    return this.#options.maxAttempts ?? MAX_ATTEMPTS;
  }

  #settle(entry: Entry): void {
    const { sequence, job } = entry;
    this.#open.delete(sequence);
    if (job.repositoryId !== null) this.#options.ledger.settled(job.repositoryId, sequence);
    else void this.#note(entry, { done: sequence });
    this.#announceIdle();
  }

  #announceIdle(): void {
    if (this.#open.size > 0 || this.#arriving.size > 0) return;
    const waiting = this.#whenIdle;
    this.#whenIdle = [];
    for (const resolve of waiting) resolve();
  }

  /**
   * Drops what two checkpoints hold: jobs settled before the last compaction are in the present checkpoint of their
   * repository and in the one before, so that even a damaged checkpoint loses nothing.
   */
  async #compact(): Promise<void> {
    if (this.#compacting) return;
    this.#compacting = true;
    try {
      const oldest = this.#open.keys().next();
      const settledThrough = oldest.done ? this.#journal.lastSequence : oldest.value - 1;
      await this.#options.ledger.checkpoint();
      await this.#journal.dropThrough(this.#safeThrough);
      this.#safeThrough = settledThrough;
    } catch (error) {
      this.#options.log.error({ err: error }, 'The journal of deliveries could not be shortened');
    } finally {
      this.#compacting = false;
    }
  }

  async #drain(): Promise<void> {
    this.#scheduler.stop();
    clearTimeout(this.#suspicion);
    for (const timer of this.#retries) clearTimeout(timer);
    while (this.#arriving.size > 0) await Promise.allSettled(this.#arriving.values());
    while (this.#scheduler.running > 0) await new Promise((resolve) => setTimeout(resolve, DRAIN_LOOK_MS));
    await this.#options.ledger.checkpoint();
    await this.#journal.close();
    await this.#letters.close();
  }
}

const DRAIN_LOOK_MS = 10;

function letterIdOf(sequence: number): string {
  return `job-${sequence}`;
}
