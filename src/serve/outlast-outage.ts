import { OffbeatError } from '../errors.ts';
import { classifyAnswer } from '../github/classify-answer.ts';
import type { Job } from '../queue/queue.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../time.ts';

/**
 * For so long after a delivery was accepted, no try that GitHub fails counts: its outages last hours at most. Beyond
 * it, a request that always fails must not hold up its repository without end.
 */
const PATIENCE_MS = 6 * HOUR_MS;
const SHORTEST_WAIT_MS = 30 * SECOND_MS;
const LONGEST_WAIT_MS = 5 * MINUTE_MS;

/**
 * Does the work on a delivery. Where GitHub fails to answer it, throws `github-unreachable` with a time for the next
 * try, which counts no try; after `PATIENCE_MS`, and for every other failure, throws what the work throws. `now` gives
 * epoch ms. The guard sees an outage only where several requests fail, and an App with one repository may send but one.
 */
export async function outlastOutage(
  { acceptedAt }: Pick<Job, 'acceptedAt'>,
  now: () => number,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    // The clock may have been set back.
    const ageMs = Math.max(0, now() - acceptedAt);
    if (ageMs >= PATIENCE_MS || classifyAnswer(error, now()).kind !== 'again-soon') throw error;
    throw new OffbeatError('github-unreachable', 'GitHub does not answer what a delivery needs.', {
      fix: 'The delivery is tried again.',
      cause: error,
      retryAfterMs: Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, ageMs / 4)),
    });
  }
}
