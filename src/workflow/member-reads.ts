/*
 * Reads of members of an object that scripts get from GitHub: of `context`, through which JavaScript sees the event (of
 * `@actions/github` and github-script), and of parts of the event. Texts are searched, not parsed.
 */

/** A read of a member. */
export interface MemberRead {
  readonly name: string;
  /** Offset in the text. */
  readonly at: number;
  /** As it is written. */
  readonly text: string;
}

/** Other names for the object that are followed, and how far: bundled programs hold thousands of short names. */
const MOST_ALIASES = 20;
const ALIAS_REACH = 5_000;

/** What may stand in braces before a name, and after it: a pattern may hold others. */
const BEFORE = String.raw`(?:[^{};]{0,60}\{[^{};]{0,60}\}){0,3}[^{};]{0,200}`;
const INNER = String.raw`\{[^{};]{0,60}(?:\{[^{};]{0,60}\}[^{};]{0,60}){0,3}\}`;
const AFTER = String.raw`[^{};]{0,200}(?:${INNER}[^{};]{0,60}){0,3}\}`;

/** Reads of an object's members, in the order of the text. `object` and `names`: patterns, the latter alternatives. */
export function memberReads(text: string, object: string, names: string): readonly MemberRead[] {
  if (!text.includes(object)) return [];
  const nested = new RegExp(String.raw`\b${object}\s{0,9}:\s{0,9}\{${BEFORE}\b(${names})\b`, 'g');
  const patterns = [patternFor(object, names), nested];
  const found = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => readOf(match, 0)));
  for (const alias of [...text.matchAll(aliasesOf(object))].slice(0, MOST_ALIASES)) {
    const name = (alias[1] ?? alias[2] ?? alias[3] ?? '').replaceAll('$', String.raw`\$`);
    const reach = text.slice(alias.index, alias.index + ALIAS_REACH);
    found.push(...[...reach.matchAll(patternFor(name, names))].map((match) => readOf(match, alias.index)));
  }
  return found.toSorted((one, other) => one.at - other.at);
}

/** `const c = github.context`, `context as c`, `const { context: c } = …`. */
function aliasesOf(object: string): RegExp {
  const name = String.raw`([\w$]{1,50})`;
  const type = String.raw`(?:\s{0,9}:\s{0,9}[\w.]{1,50})?`;
  return new RegExp(
    [
      String.raw`\b(?:const|let|var)\s{1,9}${name}${type}\s{0,9}=\s{0,9}` +
        String.raw`(?:[^\s;=]{1,80}\.\s{0,9})?${object}\s{0,9}(?=[;,\n]|$)`,
      String.raw`\b${object}\s{1,9}as\s{1,9}${name}`,
      String.raw`\{[^{}]{0,100}\b${object}\s{0,9}:\s{0,9}${name}\s{0,9}(?:,[^{}]{0,100})?\}\s{0,9}=(?!=)`,
    ].join('|'),
    'g',
  );
}

/** `context.name`, `context?.['name']`, `event["context"]["name"]`, `{ name: { … } } = github.context`. */
function patternFor(object: string, names: string): RegExp {
  const index = String.raw`\[\s{0,9}['"\x60]`;
  const member = String.raw`(?:['"\x60]\])?(?:\??\.\s{0,9}|(?:\?\.)?\s{0,9}${index})`;
  return new RegExp(
    String.raw`(?<![\w$])${object}\s{0,9}${member}(${names})\b` +
      String.raw`|\b(${names})\b${AFTER}\s{0,9}=\s{0,9}(?:[^\n;=]{0,100}\.\s{0,9})?${object}(?![\w$])`,
    'g',
  );
}

function readOf(match: RegExpExecArray, offset: number): MemberRead {
  return { name: match[1] ?? match[2] ?? '', at: offset + match.index, text: match[0] };
}
