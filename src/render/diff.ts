import { styleText } from 'node:util';
import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff';

/** Unchanged lines shown around a change, as in `diff -u`. */
const CONTEXT_LINES = 3;

/** How a diff names the side on which a file is not there. */
const NO_FILE = '/dev/null';

/** A file's unified diff for `git apply`, empty without a change; `null`: no file. `color`: ANSI colours. */
export function unifiedDiff(
  path: string,
  before: string | null,
  after: string | null,
  color = false,
): string {
  if (before === after) return '';
  const context = { context: CONTEXT_LINES };
  const [from, to] = [before === null ? NO_FILE : `a/${path}`, after === null ? NO_FILE : `b/${path}`];
  const patch = structuredPatch(from, to, before ?? '', after ?? '', undefined, undefined, context);
  const diff = formatPatch(patch, FILE_HEADERS_ONLY);
  return color ? diff.split('\n').map(paintedLine).join('\n') : diff;
}

/** The two lines of the header come first; after them, the first character says what a line is. */
function paintedLine(line: string, at: number): string {
  const style = at < 2 ? 'bold' : STYLES[line.charAt(0)];
  // A terminal would return to the first column at `\r` and write over the line.
  const text = line.replace(/\r$/, '');
  return style === undefined ? text : styleText(style, text, { validateStream: false });
}

const STYLES: Readonly<Record<string, 'red' | 'green' | 'cyan'>> = { '-': 'red', '+': 'green', '@': 'cyan' };
