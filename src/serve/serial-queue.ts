import { planningCancelled } from './planning-cancelled.ts';

/** Does work when everything that was asked for before is through; throws what it throws. */
export type Line = <T>(work: () => Promise<T>, gone?: AbortSignal) => Promise<T>;

/**
 * A waiting line for one thread. Who has `gone` leaves it at once with `planning-cancelled`; work that was begun has to
 * look at the signal itself, and the next one's turn comes when it has ended.
 */
export function createSerialQueue(): Line {
  let last: Promise<void> = Promise.resolve();
  return async (work, gone) => {
    const before = last;
    const { promise: through, resolve: leave } = Promise.withResolvers<void>();
    last = before.then(() => through);
    try {
      await turn(before, gone);
      return await work();
    } finally {
      leave();
    }
  };
}

async function turn(before: Promise<void>, gone: AbortSignal | undefined): Promise<void> {
  if (gone?.aborted) throw planningCancelled();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const giveUp = (): void => reject(planningCancelled());
  gone?.addEventListener('abort', giveUp, { once: true });
  void before.then(resolve);
  try {
    await promise;
  } finally {
    gone?.removeEventListener('abort', giveUp);
  }
}
