/** One pattern of several alternatives, so that each can stand on a line of its own; `flags` are the whole's. */
export function either(flags: string, ...alternatives: readonly RegExp[]): RegExp {
  return new RegExp(alternatives.map(({ source }) => source).join('|'), flags);
}

/** A tag for a pattern that is put together from parts: regex('i')`\b${WORD}\b`. */
export function regex(flags: string): (parts: TemplateStringsArray, ...values: readonly string[]) => RegExp {
  return (parts, ...values) => new RegExp(String.raw(parts, ...values), flags);
}

/** The source of a group of alternatives; each row holds words of its own, mostly those of one language. */
export function anyOf(...rows: readonly string[]): string {
  return `(?:${rows.join('|')})`;
}
