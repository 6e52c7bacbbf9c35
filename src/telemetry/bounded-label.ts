/** The label of everything beyond the limit. */
const OTHERS = 'others';

/** A label of which there are at most `limit` values: the first ones keep their name, later ones are "others". */
export function boundedLabel(limit: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= limit) return OTHERS;
    known.add(value);
    return value;
  };
}
