import { visibleLine } from '../visible-text.ts';

/**
 * Names of workflows, jobs and branches are written by anyone who can open a pull request. Everything here turns
 * such text into Markdown that shows it and does nothing else: no markup, no mention, no link, no row of a table.
 */

/** Names are cut here, since a body has to stay within GitHub's limit. */
const MAX_CODE_POINTS = 120;

/** Our own reasons, which hold figures, may be longer. */
export const REASON_CODE_POINTS = 400;

/** A zero-width space. It keeps GitHub from finding a mention, a reference or an address. */
const BREAKER = '&#8203;';

/** One visible line of at most 120 code points. */
export function plainLine(text: string, maxCodePoints: number = MAX_CODE_POINTS): string {
  const line = visibleLine(text).replace(/ {2,}/g, ' ').trim();
  const points = [...line];
  return points.length <= maxCodePoints ? line : `${points.slice(0, maxCodePoints - 1).join('')}…`;
}

/** `text` as inert inline Markdown, fit for running text, a list item or a cell of a table. */
export function inline(text: string): string {
  return asStart(inert(plainLine(text)));
}

/** Like `inline`, for a reason, which may be longer. */
export function inlineReason(text: string): string {
  return asStart(inert(plainLine(text, REASON_CODE_POINTS)));
}

/** Escapes what would make a list, a heading or a code block at the start of a line. */
function asStart(line: string): string {
  return line.replace(/^([-+=:]|\d+(?=(?:\.|\\?\))(?: |$)))/, (start) =>
    /^\d/.test(start) ? `${start}${BREAKER}` : `\\${start}`,
  );
}

/** Escapes everything within a line that Markdown or GitHub would act on. */
function inert(line: string): string {
  return line
    .replace(/&/g, '&amp;')
    .replace(/[\\`*_{}[\]<>()#!|~$^]/g, '\\$&')
    .replace(/@/g, `@${BREAKER}`)
    .replace(/(\\#|\bGH-)(?=\d)/gi, `$1${BREAKER}`)
    .replace(/:(?=\/)/g, `:${BREAKER}`)
    .replace(/(www|xmpp|mailto)(?=[.:])/gi, `$1${BREAKER}`);
}

/** `text` (a cron or a path) as a code span that is also valid in a cell of a table. */
export function code(text: string): string {
  const line = plainLine(text);
  if (line === '') return '';
  // A pipe ends a cell even within a code span, and outside a table its escape would be visible.
  if (line.includes('|') || line.includes('\\')) return inline(line);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** Longest sentence (code points). No sentence of our own comes near it. */
export const SENTENCE_CODE_POINTS = 600;

/** A sentence of ours that may contain others' names: code spans stay, everything else is made inert. */
export function sentence(text: string): string {
  return plainLine(text, SENTENCE_CODE_POINTS)
    .split(/(`[^`]+`)/)
    .map((part, at) => {
      if (/^`[^`]+`$/.test(part)) return codeWithin(part.slice(1, -1));
      const before = part.startsWith(' ') ? ' ' : '';
      const after = part.length > 1 && part.endsWith(' ') ? ' ' : '';
      return `${before}${at === 0 ? asStart(inert(part.trim())) : inert(part.trim())}${after}`;
    })
    .join('');
}

/** A code span, or inert text that cannot complete a reference begun by the text around it. */
function codeWithin(text: string): string {
  const span = code(text);
  return span.startsWith('`') ? span : `${BREAKER}${span}${BREAKER}`;
}

/** `text` as a fenced block in `language`; the fence is longer than any run of backticks inside. */
export function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n+$/, '')}\n${fence}`;
}

/** Rows as a Markdown table; the cells are Markdown already. `right` names columns of figures. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (right.includes(column) ? '---:' : ':---'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** `body` folded behind `summary` (plain text of ours). */
export function details(summary: string, body: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${body}\n\n</details>`;
}
