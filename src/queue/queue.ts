import { z } from 'zod';
import { OffbeatError } from '../errors.ts';

/** A delivery that the front door has accepted. Everything in it outlives the process. */
export const Job = z.object({
  deliveryId: z.string(),
  event: z.string(),
  /** Jobs of one group are handled one at a time in the order accepted: `repository:1` or `installation:2`. */
  group: z.string(),
  /** The repository whose state the job changes; `null` where it concerns a whole installation. */
  repositoryId: z.number().int().nullable(),
  /** The fields that are read of the payload, as JSON. */
  payload: z.unknown(),
  /** What tells this event from any other, from the signed body: the delivery id is not signed. */
  keys: z.array(z.string()),
  /** Epoch ms. */
  acceptedAt: z.number(),
});
export type Job = z.infer<typeof Job>;

/** A job with its place in the order of acceptance; the same after a restart. */
export interface AcceptedJob extends Job {
  readonly sequence: number;
  /** 1 for the first try. */
  readonly attempt: number;
}

/** Every key by which a job is known to have been seen. */
export function keysOf(job: Job): readonly string[] {
  return [`delivery:${job.deliveryId}`, ...job.keys];
}

export type Acceptance = 'accepted' | 'duplicate';

/** Something that could not be processed, kept until an operator redrives or drops it. */
export const DeadLetter = z.object({
  id: z.string(),
  /** Epoch ms. */
  at: z.number(),
  deliveryId: z.string(),
  event: z.string(),
  /** A sentence; for unreadable payloads with the path of the failing field. */
  reason: z.string(),
  attempts: z.number().int().nonnegative(),
  /** What to do again; `null` where the payload could not be read, and GitHub has to deliver it again. */
  job: Job.nullable(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

export interface QueueStats {
  /** Accepted and not yet begun. */
  readonly waiting: number;
  readonly running: number;
  readonly deadLetters: number;
  /** Age of the oldest job not yet handled; 0 where there is none. */
  readonly oldestAgeSeconds: number;
}

/**
 * Jobs of one group that are done in a row before others that wait have their turn: a repository in hand need not be
 * opened or read again for each of them, and nobody waits long for so few.
 */
export const MOST_IN_A_ROW = 16;

/** Between the front door and the work: what `accept` has answered for is handled at least once, in order per group. */
export interface Queue {
  /**
   * Resolves when the job is safe. Throws `store-full` where the disk takes no more and `queue-closed` while
   * draining: the sender must then be told that nothing was accepted.
   */
  accept(job: Job): Promise<Acceptance>;
  /** Keeps word of a delivery that could not even be read. */
  reject(rejected: {
    readonly deliveryId: string;
    readonly event: string;
    readonly reason: string;
  }): Promise<void>;
  deadLetters(): Promise<readonly DeadLetter[]>;
  /** Puts a dead letter's job at the end of its group. `false` where there is none, or nothing to redrive. */
  redrive(id: string): Promise<boolean>;
  /** Forgets a dead letter for good. `false` where there is none. */
  drop(id: string): Promise<boolean>;
  /** Resolves when nothing is waiting or running. */
  idle(): Promise<void>;
  /** Takes no more jobs, finishes those that are running, keeps the rest for the next start. */
  drain(): Promise<void>;
  stats(): QueueStats;
}

/** What fails the same way however often it is tried. */
export function isPermanentFailure(error: unknown): boolean {
  return (
    error instanceof OffbeatError && (error.code === 'payload-invalid' || error.code === 'store-damaged')
  );
}

/**
 * How long a job waits, in ms, where its failure says when another try makes sense; else `null`. Such a try does not
 * count: a limit of GitHub's, or a day on which GitHub is down, is no fault of the job's.
 */
export function statedWaitOf(error: unknown): number | null {
  return error instanceof OffbeatError ? (error.retryAfterMs ?? null) : null;
}

/** Of a job that takes its process down: it leaves no error behind, only tries that were never heard of again. */
export function crashedTooOften(times: number): Error {
  return new Error(`It was begun ${times} times, and the process ended each time before it was done.`);
}
