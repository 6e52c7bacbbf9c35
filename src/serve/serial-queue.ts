import { unlessGone } from './planning-cancelled.ts';

/** Runs work after all work that was queued before it; throws the error of the work. */
export type SerialQueue = <T>(work: () => Promise<T>, gone?: AbortSignal) => Promise<T>;

/**
 * Runs one piece of work after the other. When `gone` is aborted, waiting work leaves the queue at once with
 * `planning-cancelled`. Running work must watch the signal itself; the next one starts when it has ended.
 */
export function createSerialQueue(): SerialQueue {
  let last: Promise<void> = Promise.resolve();
  return async (work, gone) => {
    const before = last;
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    last = before.then(() => ended);
    try {
      await unlessGone(before, gone);
      return await work();
    } finally {
      end();
    }
  };
}
