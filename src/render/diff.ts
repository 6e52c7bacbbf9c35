import { styleText } from 'node:util';

type Step = { readonly sign: ' ' | '-' | '+'; readonly line: string };

/** Lines of unchanged text around a change, as `diff -u` has it. */
const CONTEXT_LINES = 3;

/** `text` as lines, each with its line end, so that a change of `\r\n` or of the last newline is a change. */
function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** More lines times lines than this cost too much memory; edits of crons keep the number of lines anyway. */
const MOST_COMPARISONS = 4_000_000;

/** Shortest edit, once the common head and tail are set aside; of long texts one that is nearly so. */
function steps(before: readonly string[], after: readonly string[]): readonly Step[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail++;
  }
  const a = before.slice(head, before.length - tail);
  const b = after.slice(head, after.length - tail);
  const same = (line: string): Step => ({ sign: ' ', line });
  const between =
    a.length * b.length > MOST_COMPARISONS && a.length === b.length ? lineByLine(a, b) : shortest(a, b);
  return [...before.slice(0, head).map(same), ...between, ...before.slice(before.length - tail).map(same)];
}

/** For texts of as many lines: what differs at its place is replaced, lines on end together. */
function lineByLine(before: readonly string[], after: readonly string[]): readonly Step[] {
  const result: Step[] = [];
  let added: Step[] = [];
  before.forEach((line, at) => {
    if (line === after[at]) {
      result.push(...added, { sign: ' ', line });
      added = [];
    } else {
      result.push({ sign: '-', line });
      added.push({ sign: '+', line: after[at] ?? '' });
    }
  });
  return [...result, ...added];
}

/** By the longest common subsequence. */
function shortest(a: readonly string[], b: readonly string[]): readonly Step[] {
  const width = b.length + 1;
  // common[i * width + j]: length of the longest common subsequence of a[i…] and b[j…].
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const result: Step[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      result.push({ sign: ' ', line: a[i] ?? '' });
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      result.push({ sign: '-', line: a[i] ?? '' });
      i++;
    } else {
      result.push({ sign: '+', line: b[j] ?? '' });
      j++;
    }
  }
  return result;
}

export interface DiffOptions {
  /** Named in the header; no header without it. */
  readonly path?: string;
  /** ANSI colours for a terminal. */
  readonly color?: boolean;
}

/** A path as git writes it in a header: in quotes, and bytes as octal, where it holds anything out of the ordinary. */
function gitPath(path: string): string {
  if (/^[\x21\x23-\x5b\x5d-\x7e][\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(path)) return path;
  const escaped = [...Buffer.from(path)].map((byte) => {
    const sign = String.fromCharCode(byte);
    if (sign === '"' || sign === '\\') return `\\${sign}`;
    return byte >= 0x20 && byte < 0x7f ? sign : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${escaped.join('')}"`;
}

/** Unified diff of two texts with three lines of context, or `''` where they are the same. */
export function unifiedDiff(
  before: string,
  after: string,
  { path, color = false }: DiffOptions = {},
): string {
  if (before === after) return '';
  const paint = (style: 'red' | 'green' | 'cyan' | 'bold', text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  // A terminal would jump back at `\r`; without it `git apply` finds no line of a file that has it.
  const lineEnd = color ? /\r?\n$/ : /\n$/;
  const all = steps(linesOf(before), linesOf(after));
  const near = all.map((_, here) =>
    all.slice(Math.max(0, here - CONTEXT_LINES), here + CONTEXT_LINES + 1).some(({ sign }) => sign !== ' '),
  );

  const out =
    path === undefined
      ? []
      : [paint('bold', `--- ${gitPath(`a/${path}`)}`), paint('bold', `+++ ${gitPath(`b/${path}`)}`)];
  let oldLine = 1;
  let newLine = 1;
  for (let here = 0; here < all.length; ) {
    if (near[here] !== true) {
      oldLine++;
      newLine++;
      here++;
      continue;
    }
    const until = near.indexOf(false, here);
    const hunk = all.slice(here, until === -1 ? all.length : until);
    const oldCount = hunk.filter(({ sign }) => sign !== '+').length;
    const newCount = hunk.filter(({ sign }) => sign !== '-').length;
    const range = (line: number, lines: number): string => `${lines === 0 ? line - 1 : line},${lines}`;
    out.push(paint('cyan', `@@ -${range(oldLine, oldCount)} +${range(newLine, newCount)} @@`));
    for (const { sign, line } of hunk) {
      const text = `${sign}${line.replace(lineEnd, '')}`;
      out.push(sign === ' ' ? text : paint(sign === '-' ? 'red' : 'green', text));
      if (!line.endsWith('\n')) out.push('\\ No newline at end of file');
    }
    oldLine += oldCount;
    newLine += newCount;
    here += hunk.length;
  }
  return `${out.join('\n')}\n`;
}
