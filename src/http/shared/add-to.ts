/** Adds to the count of a key. A count of zero is forgotten, so that the map holds no more keys than are in use. */
export function addTo(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
