import { setTimeout as wait } from 'node:timers/promises';

/** What a promise comes to; `null` where that takes longer than `ms`. */
export async function within<Value>(ms: number, promise: Promise<Value>): Promise<Value | null> {
  const settled = new AbortController();
  const late = wait(ms, null, { signal: settled.signal });
  return Promise.race([promise, late]).finally(() => settled.abort());
}
