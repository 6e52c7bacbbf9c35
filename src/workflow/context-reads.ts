/*
 * Reads of `context`, through which JavaScript sees the event: that of `@actions/github` and of github-script.
 */

/** A read of one of its members. */
export interface ContextRead {
  readonly name: string;
  /** Offset in the text. */
  readonly at: number;
  /** As it is written. */
  readonly text: string;
}

/** Aliases of one text that are followed, and how far from where they are made: bundled programs hold thousands. */
const MOST_ALIASES = 20;
const ALIAS_REACH = 5_000;

const ALIAS = new RegExp(
  [
    String.raw`\b(?:const|let|var)\s{1,9}([\w$]{1,50})(?:\s{0,9}:\s{0,9}[\w.]{1,50})?\s{0,9}=\s{0,9}` +
      String.raw`(?:[^\s;=]{1,80}\.\s{0,9})?context\s{0,9}(?=[;,\n]|$)`,
    String.raw`\bcontext\s{1,9}as\s{1,9}([\w$]{1,50})`,
    String.raw`\{[^{}]{0,100}\bcontext\s{0,9}:\s{0,9}([\w$]{1,50})\s{0,9}(?:,[^{}]{0,100})?\}\s{0,9}=(?!=)`,
  ].join('|'),
  'g',
);

/** The rest of a pattern in braces, which may hold others. */
const INNER = String.raw`\{[^{};]{0,60}(?:\{[^{};]{0,60}\}[^{};]{0,60}){0,3}\}`;
const REST = String.raw`[^{};]{0,200}(?:${INNER}[^{};]{0,60}){0,3}\}`;

/** What may stand in braces before it. */
const BEFORE = String.raw`(?:[^{};]{0,60}\{[^{};]{0,60}\}){0,3}[^{};]{0,200}`;

/** Reads of members with these names (an alternation), by any name of the context, in the order of the text. */
export function contextReads(text: string, names: string): readonly ContextRead[] {
  if (!text.includes('context')) return [];
  const found = [...text.matchAll(patternFor('context', names))].map((match) => readOf(match, 0));
  const inner = new RegExp(String.raw`\bcontext\s{0,9}:\s{0,9}\{${BEFORE}\b(${names})\b`, 'g');
  found.push(...[...text.matchAll(inner)].map((match) => readOf(match, 0)));
  for (const alias of [...text.matchAll(ALIAS)].slice(0, MOST_ALIASES)) {
    const name = (alias[1] ?? alias[2] ?? alias[3] ?? '').replaceAll('$', String.raw`\$`);
    const reach = text.slice(alias.index, alias.index + ALIAS_REACH);
    found.push(...[...reach.matchAll(patternFor(name, names))].map((match) => readOf(match, alias.index)));
  }
  return found.toSorted((one, other) => one.at - other.at);
}

/** `context.name`, `context?.['name']`, `{ name: { … } } = github.context`. */
function patternFor(context: string, names: string): RegExp {
  const member = String.raw`(?:\??\.\s{0,9}|(?:\?\.)?\s{0,9}\[\s{0,9}['"\x60])`;
  return new RegExp(
    String.raw`(?<![\w$])${context}\s{0,9}${member}(${names})\b` +
      String.raw`|\b(${names})\b${REST}\s{0,9}=\s{0,9}(?:[^\n;=]{0,100}\.\s{0,9})?${context}(?![\w$])`,
    'g',
  );
}

function readOf(match: RegExpExecArray, offset: number): ContextRead {
  return { name: match[1] ?? match[2] ?? '', at: offset + match.index, text: match[0] };
}
