import { LRUCache } from 'lru-cache';
import type { Clock } from '../usecases/ports.ts';

export interface RateLimit {
  /** Requests at once after a rest. */
  readonly burst: number;
  /** Requests a second that are given back. */
  readonly perSecond: number;
}

/** Callers remembered; the longest silent one has long had its burst back. */
const CALLERS_KEPT = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** Seconds that `caller` has to wait, 0 where it may go on: a token bucket for each. */
export function createRateLimiter({ burst, perSecond }: RateLimit, clock: Clock): (caller: string) => number {
  const buckets = new LRUCache<string, Bucket>({ max: CALLERS_KEPT });
  return (caller) => {
    const now = clock.now();
    const bucket = buckets.get(caller) ?? { tokens: burst, at: now };
    buckets.set(caller, bucket);
    const elapsedSeconds = Math.max(0, now - bucket.at) / 1_000;
    bucket.tokens = Math.min(burst, bucket.tokens + elapsedSeconds * perSecond);
    bucket.at = now;
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return 0;
    }
    return Math.ceil((1 - bucket.tokens) / perSecond);
  };
}
