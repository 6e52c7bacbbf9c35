import { hash } from 'node:crypto';
import type { PgBoss } from 'pg-boss';

/**
 * pg-boss reads everything that waits in a queue to find the first job of each group: with 100,000 waiting in one queue
 * a worker handled 12 jobs/s, in sixteen it handled 170 (docs/decisions/pg-boss.md). A group must never change its
 * queue, or its order would be lost: this number is fixed.
 */
const QUEUE_COUNT = 16;
const HEX = 16;

export const DELIVERY_QUEUES: readonly string[] = Array.from(
  { length: QUEUE_COUNT },
  (_, index) => `deliveries.${index}`,
);

/** Jobs of one key (the group) run one at a time, first in, first out; a job to be retried holds back the others. */
const POLICY = 'key_strict_fifo';
/** A handler that takes longer hangs: GitHub's longest wait, an hour for a rate limit, fits in. */
const EXPIRE_SECONDS = 2 * 3_600;
/** We count attempts ourselves. A job that pg-boss gave up would block its group; one that it deleted would be lost. */
const NEVER_GIVE_UP = 1_000_000;
const TEN_YEARS_SECONDS = 315_360_000;
/** Completed jobs are of no use; they only make the tables longer. */
const KEEP_COMPLETED_SECONDS = 60;

export interface RetryAndHeartbeat {
  /** Delay before the second try; doubled with each further try. 0 retries at once, every time. */
  readonly retryDelaySeconds: number;
  readonly longestRetrySeconds: number;
  /** A process that is silent for this long is taken for dead, and its jobs are given to others. */
  readonly heartbeatSeconds: number;
}

/** The queue of a group, the same in every process and version. */
export function queueOf(group: string): string {
  const place = Number.parseInt(hash('sha1', group).slice(0, 1), HEX);
  return DELIVERY_QUEUES[place] as string;
}

/** Creates the queues that are missing and brings the settings of all up to date. */
export async function prepareDeliveryQueues(boss: PgBoss, settings: RetryAndHeartbeat): Promise<void> {
  const { retryDelaySeconds, longestRetrySeconds, heartbeatSeconds } = settings;
  const options = {
    retryLimit: NEVER_GIVE_UP,
    retryDelay: retryDelaySeconds,
    retryBackoff: retryDelaySeconds > 0,
    ...(retryDelaySeconds > 0 ? { retryDelayMax: longestRetrySeconds } : {}),
    expireInSeconds: EXPIRE_SECONDS,
    heartbeatSeconds,
    retentionSeconds: TEN_YEARS_SECONDS,
    deleteAfterSeconds: KEEP_COMPLETED_SECONDS,
    notify: false,
  };
  const known = new Set((await boss.getQueues([...DELIVERY_QUEUES])).map(({ name }) => name));
  for (const name of DELIVERY_QUEUES) {
    if (known.has(name)) await boss.updateQueue(name, options);
    else await boss.createQueue(name, { policy: POLICY, partition: true, ...options });
    // Has pg-boss read the queue's settings now: later, within a transaction of ours, it may have no other connection.
    await boss.insert(name, []);
  }
}
