import { Worker } from 'node:worker_threads';
import { planningCancelled } from './planning-cancelled.ts';

export interface ThreadLimits {
  /** Longest that an answer may take. */
  readonly limitMs?: number | undefined;
  /** Nobody waits for the answer any more. */
  readonly gone?: AbortSignal | undefined;
}

/**
 * Starts `./NAME-thread`, gives it `data` and returns the first thing that it says; the thread is ended then, wherever
 * it is. Throws what it throws, where it ends without a word or takes longer than it may, and `planning-cancelled`.
 */
export async function askThread<Answer>(
  name: 'planning' | 'proving',
  data: unknown,
  { limitMs, gone }: ThreadLimits = {},
): Promise<Answer> {
  if (gone?.aborted) throw planningCancelled();
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const extension = import.meta.url.endsWith('.js') ? 'js' : 'ts';
  const worker = new Worker(new URL(`./${name}-thread.${extension}`, import.meta.url), { workerData: data });
  worker.once('message', resolve);
  worker.once('error', reject);
  // Settled already where it has answered.
  worker.once('exit', (code) => reject(new Error(`The ${name} thread has ended with ${code}.`)));
  const giveUp = (): void => reject(planningCancelled());
  gone?.addEventListener('abort', giveUp, { once: true });
  const late =
    limitMs === undefined
      ? undefined
      : setTimeout(() => reject(new Error(`The ${name} thread took too long.`)), limitMs);
  try {
    return await promise;
  } finally {
    clearTimeout(late);
    gone?.removeEventListener('abort', giveUp);
    await worker.terminate();
  }
}
