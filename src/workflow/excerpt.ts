/** Longest excerpt of a file in a sentence. */
const MAX_EXCERPT = 80;

/** Text of a file on one line, without the sign that ends an excerpt. */
export function excerpt(text: string): string {
  const line = text.replace(/[\s`]+/g, ' ').trim();
  return line.length <= MAX_EXCERPT ? line : `${line.slice(0, MAX_EXCERPT)}…`;
}
