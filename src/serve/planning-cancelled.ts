import { OffbeatError } from '../errors.ts';

/** The error of a plan whose caller has gone, or whose process stops. It is no failure of the planner. */
export function planningCancelled(): OffbeatError {
  return new OffbeatError('planning-cancelled', 'The plan was given up before it was made.', {
    fix: 'The caller has gone, or this process is stopping: ask again.',
  });
}

/** Resolves or rejects with `work`. Throws `planning-cancelled` where `gone` is aborted first. */
export async function unlessGone<T>(work: Promise<T>, gone: AbortSignal | undefined): Promise<T> {
  if (gone?.aborted) throw planningCancelled();
  const { promise: left, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => reject(planningCancelled());
  gone?.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([work, left]);
  } finally {
    gone?.removeEventListener('abort', giveUp);
  }
}
