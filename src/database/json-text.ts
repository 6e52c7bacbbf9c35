/** Escapes that PostgreSQL's `text` and `jsonb` cannot hold: NUL, and halves of surrogate pairs. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/i;

/** A value as JSON text that `jsonb` takes: characters it cannot hold, as comments may have, become U+FFFD. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  // The test may be wrong about an escaped backslash; the slow way then changes nothing.
  return UNSTORABLE.test(text) ? JSON.stringify(value, (_key, each: unknown) => storable(each)) : text;
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [storableText(key), each]));
}

/** Text that PostgreSQL takes. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}
