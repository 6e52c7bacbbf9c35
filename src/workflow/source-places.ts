import { isCollection, isNode, isPair, isScalar, visit } from 'yaml';

/*
 * Places in the text of a YAML file, as offsets, for edits that keep every other byte.
 */

/** A piece of a text and what comes in its place. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with some pieces replaced, none of which overlap. */
export function withSplices(text: string, splices: readonly Splice[]): string {
  let result = '';
  let done = 0;
  for (const { start, end, text: by } of splices.toSorted((one, other) => one.start - other.start)) {
    result += text.slice(done, start) + by;
    done = end;
  }
  return result + text.slice(done);
}

/** How lines of the text end. */
export function lineBreakOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** Offset of the first character of a node, or of the key of a pair. */
export function startOf(located: unknown): number {
  const node = isPair(located) ? located.key : located;
  return isScalar(node) || isCollection(node) ? (node.range?.[0] ?? 0) : 0;
}

/** Offset behind the last character that is neither a blank nor part of a comment. */
export function contentEnd(located: unknown): number {
  const nodes = isPair(located) ? [located.key, located.value] : [located];
  let end = 0;
  for (const node of nodes) {
    if (!isNode(node)) continue;
    visit(node, {
      Node: (_, part) => {
        const isLeaf = !isCollection(part) || part.flow === true;
        if (isLeaf) end = Math.max(end, part.range?.[1] ?? 0);
      },
    });
  }
  return end;
}

/** Offset of the first character of a line. */
export function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** Offset behind the end of the line, or of the text. A block scalar ends with its own line. */
export function lineEnd(text: string, at: number): number {
  if (at > 0 && text[at - 1] === '\n') return at;
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end + 1;
}

/** Lines with their ends. */
export function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
