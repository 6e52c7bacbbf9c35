import { Worker } from 'node:worker_threads';
import { planningCancelled, unlessGone } from './planning-cancelled.ts';

/** The first message of a planning thread, started with `data`. Throws what it throws, and as `unlessGone` does. */
export async function askThread<Answer>(data: unknown, gone: AbortSignal): Promise<Answer> {
  if (gone.aborted) throw planningCancelled();
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const extension = import.meta.url.endsWith('.js') ? 'js' : 'ts';
  const worker = new Worker(new URL(`./planning-thread.${extension}`, import.meta.url), { workerData: data });
  worker.once('message', resolve);
  worker.once('error', reject);
  // Rejects only a promise that no message has settled.
  worker.once('exit', (code) => reject(new Error(`The planning thread has ended with ${code}.`)));
  try {
    return await unlessGone(promise, gone);
  } finally {
    await worker.terminate();
  }
}
