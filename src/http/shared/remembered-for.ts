import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock.ts';

const MOST_REMEMBERED = 500;

/** Values that are forgotten `ms` after they were set; of too many, those that were used longest ago. */
export function rememberedFor<Key extends {}, Value extends {}>(
  ms: number,
  clock: Clock,
): LRUCache<Key, Value> {
  return new LRUCache({ max: MOST_REMEMBERED, ttl: ms, ttlResolution: 0, perf: clock });
}
