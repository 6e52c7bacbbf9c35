import type { Node } from 'yaml';
import { readYaml } from './document.ts';
import { pairOf, triggersOf } from './entries.ts';
import type { TextFile } from './reached.ts';
import { contentEnd, lineEnd, linesOf } from './source-places.ts';

/*
 * A schedule that was taken out of a workflow stays in the file as comment lines.
 */

/** The line above what is kept. */
export const NOTICE = '# Offbeat starts this workflow on time. To undo it: /on-time off. As it was:';
const NOTICE_LINE =
  /^[ \t]*# Offbeat starts this workflow on time\. To undo it: \/on-time off\. As it was:\r?\n$/;
/** Before each line that is kept as a comment; the blank is left out where nothing follows. */
const KEPT = '#|';
const KEPT_LINE = /^([ \t]*)#\|(?: (?=[ \t]*[^\s])|)/;

/** The file, for reading, with its taken-out schedule as YAML, lines keeping their numbers; else the same text. */
export function withSchedule(text: string): string {
  const lines = linesOf(text);
  const kept = keptBlock(lines);
  if (kept === undefined) return text;
  const { start, end } = kept;
  const block = lines.slice(start, end).map((line) => asItWas(line));
  const head = lines.slice(0, start).join('');
  const rest = lines.slice(end).join('');
  if (triggersOfText(block.join('')) === undefined) return head + block.join('') + rest;
  const rewritten = pairOf(readYaml(rest).document?.contents, 'on');
  if (rewritten === undefined) return text;
  const behind = lineEnd(rest, contentEnd(rewritten));
  const covered = linesOf(rest.slice(0, behind)).map((line) => `#${line}`);
  return head + block.join('') + covered.join('') + rest.slice(behind);
}

/** The same of several files. */
export function withSchedules(files: readonly TextFile[]): readonly TextFile[] {
  return files.map(({ path, text }) => ({ path, text: withSchedule(text) }));
}

/** Whether the schedule of a file was taken out and stands in its comments. */
export function keepsSchedule(text: string): boolean {
  return keptBlock(linesOf(text)) !== undefined;
}

/** The lines that were kept as comments, as indexes: from the first one to the one behind the last. */
export function keptBlock(
  lines: readonly string[],
): { readonly start: number; readonly end: number } | undefined {
  const notice = lines.findIndex((line, at) => NOTICE_LINE.test(line) && KEPT_LINE.test(lines[at + 1] ?? ''));
  if (notice === -1) return undefined;
  const start = notice + 1;
  const count = lines.slice(start).findIndex((line) => !KEPT_LINE.test(line));
  return { start, end: count === -1 ? lines.length : start + count };
}

/** Lines as comments, each from the column of its key on. */
export function keptLines(text: string, column: number): string {
  return linesOf(text)
    .map((line) => {
      if (line.trim() === '') return KEPT + line;
      const blanks = line.length - line.trimStart().length;
      const at = Math.min(column, blanks);
      return `${line.slice(0, at)}${KEPT} ${line.slice(at)}`;
    })
    .join('');
}

/** The value of `on` in lines that were kept as comments; `undefined` where they hold something else. */
export function triggersOfText(text: string): Node | undefined {
  return triggersOf(readYaml(text).document);
}

/** A kept line without the sign before it. */
export function asItWas(line: string): string {
  return line.replace(KEPT_LINE, '$1');
}
