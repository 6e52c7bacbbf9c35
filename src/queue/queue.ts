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
  /** Keys that identify the event, made from the signed body: the delivery id is not signed. */
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

/** The keys by which a duplicate of the job is recognised. */
export function keysOf(job: Job): readonly string[] {
  return [`delivery:${job.deliveryId}`, ...job.keys];
}

export type Acceptance = 'accepted' | 'duplicate';

/** Something not processed, kept until an operator redrives or drops it, or the delivery comes again. */
export const DeadLetter = z.object({
  id: z.string(),
  /** Epoch ms. */
  at: z.number(),
  deliveryId: z.string(),
  event: z.string(),
  /** A sentence; for unreadable payloads with the path of the failing field. */
  reason: z.string(),
  attempts: z.number().int().nonnegative(),
  /** The job to redrive; `null` where the payload could not be read, and GitHub has to deliver it again. */
  job: Job.nullable(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

/** A delivery that could not be read, and why. */
export type Unreadable = Pick<DeadLetter, 'deliveryId' | 'event' | 'reason'>;

/** The dead letter of a delivery that could not be read. `at`: epoch ms. */
export function letterOfUnreadable(delivery: Unreadable, at: number): DeadLetter {
  return { ...delivery, id: `unread-${delivery.deliveryId}`, attempts: 0, job: null, at };
}

/** The dead letter of a job that was given up at its last try. `at`: epoch ms. */
export function letterOfJob(
  { sequence, attempt, ...job }: AcceptedJob,
  error: unknown,
  at: number,
): DeadLetter {
  const { deliveryId, event } = job;
  const reason = error instanceof OffbeatError ? error.sentence : `The handler failed: ${String(error)}`;
  return { id: letterIdOf(sequence), at, deliveryId, event, reason, attempts: attempt, job };
}

const LETTER_ID = /^job-(?<sequence>\d+)$/;

function letterIdOf(sequence: number): string {
  return `job-${sequence}`;
}

/** Sequence of the job that a dead letter settles; `undefined` where it has no job. */
export function jobOfLetter(letter: DeadLetter): number | undefined {
  const sequence = LETTER_ID.exec(letter.id)?.groups?.sequence;
  return sequence === undefined ? undefined : Number(sequence);
}

export interface QueueStats {
  /** Accepted and not yet begun. */
  readonly waiting: number;
  readonly running: number;
  readonly deadLetters: number;
  /** Age of the oldest job not yet handled; 0 where there is none. */
  readonly oldestAgeSeconds: number;
}

/** Jobs of one group in a row before another's turn: saves reading the repository, and keeps none waiting long. */
export const MOST_IN_A_ROW = 16;

/** Stands between the front door and the handlers: each accepted job is handled at least once, in order per group. */
export interface Queue {
  /** Resolves when the job is safe. Throws `store-full` and `queue-closed`: the sender must hear that it is not. */
  accept(job: Job): Promise<Acceptance>;
  /** Keeps a dead letter for a delivery that could not be read. */
  reject(delivery: Unreadable): Promise<void>;
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

/** True where every further try would fail in the same way. */
export function isPermanentFailure(error: unknown): boolean {
  return (
    error instanceof OffbeatError && (error.code === 'payload-invalid' || error.code === 'store-damaged')
  );
}

/** The wait (ms) that a failure states for the next try, else `null`: a rate limit is no fault of the job. */
export function statedWaitOf(error: unknown): number | null {
  return error instanceof OffbeatError ? (error.retryAfterMs ?? null) : null;
}

/** The error of a job that crashes its process: such a job leaves no error behind, only tries without an end. */
export function crashedTooOften(times: number): Error {
  return new Error(`It was begun ${times} times, and the process ended each time before it was done.`);
}
