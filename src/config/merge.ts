/**
 * Merges `over` into `base`: mappings key by key; everything else, lists too, is replaced. Call it before defaults are
 * filled in: a default of `over` must not hide a value of `base`.
 */
export function mergeConfig(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (!isMapping(base) || !isMapping(over)) return over;
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) merged.set(key, mergeConfig(merged.get(key), value));
  return Object.fromEntries(merged);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
