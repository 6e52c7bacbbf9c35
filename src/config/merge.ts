import { isRecord } from '../workflow/jobs.ts';

/** Merges `over` into `base` key by key, other values are replaced. Defaults are to be filled in afterwards. */
export function mergeConfig(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (!isRecord(base) || !isRecord(over)) return over;
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) merged.set(key, mergeConfig(merged.get(key), value));
  return Object.fromEntries(merged);
}
