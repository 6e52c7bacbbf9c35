import { isCollection, isNode, isScalar, type Node, type Pair, visit } from 'yaml';

/*
 * Places in the text of a YAML file, as offsets, for edits that keep every other byte.
 */

/** Offset of the first character of a node, or of the key of a pair. */
export function startOf(located: Node | Pair): number {
  const node = 'key' in located ? located.key : located;
  return isScalar(node) || isCollection(node) ? (node.range?.[0] ?? 0) : 0;
}

/** Offset behind the last character that is neither a blank nor part of a comment. */
export function contentEnd(located: Node | Pair): number {
  const nodes = 'key' in located ? [located.key, located.value] : [located];
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
