import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock.ts';

export interface RateLimit {
  /** Requests that a caller can send at once after a pause. */
  readonly burst: number;
  /** Requests a second that are allowed again after a burst. */
  readonly perSecond: number;
}

/** Callers that are remembered. The one that was silent longest has its whole burst again, so it can be forgotten. */
const CALLERS_KEPT = 10_000;

/** Seconds that `caller` has to wait; 0 means now. Each caller has a token bucket. */
export function createRateLimiter({ burst, perSecond }: RateLimit, clock: Clock): (caller: string) => number {
  const buckets = new LRUCache<string, { tokens: number; at: number }>({ max: CALLERS_KEPT });
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
