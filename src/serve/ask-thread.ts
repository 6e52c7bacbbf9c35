import { Worker } from 'node:worker_threads';

/**
 * Starts `./NAME-thread`, gives it `data` and returns the first thing that it says; the thread is ended then. Throws
 * what it throws, and where it ends without a word or, if that is set, has not answered within `limitMs`.
 */
export async function askThread<Answer>(
  name: 'planning' | 'proving',
  data: unknown,
  limitMs?: number,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const extension = import.meta.url.endsWith('.js') ? 'js' : 'ts';
  const worker = new Worker(new URL(`./${name}-thread.${extension}`, import.meta.url), { workerData: data });
  worker.once('message', resolve);
  worker.once('error', reject);
  // Settled already where it has answered.
  worker.once('exit', (code) => reject(new Error(`The ${name} thread has ended with ${code}.`)));
  const late =
    limitMs === undefined
      ? undefined
      : setTimeout(() => reject(new Error(`The ${name} thread took too long.`)), limitMs);
  try {
    return await promise;
  } finally {
    clearTimeout(late);
    await worker.terminate();
  }
}
