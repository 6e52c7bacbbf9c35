import stringWidth from 'string-width';
import { wrapped } from './wrap.ts';

/** The line between heads and rows, as `renderTable` draws it. */
const RULE = /^─+(?: {2}─+)*$/;
const GAP = 2;
/** What a line hangs under: its indent and a bullet, or a name with its value two spaces on. */
const BULLET = /^ *- /;
const LABEL = /^ *\S+(?: \S+)* {2,}(?=\S)/;
const INDENT = /^ */;
const ESCAPE = '\u001b';
/** Splits a text at its colours, and keeps them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal are control sequences.
const AT_COLOURS = /(\u001b\[[0-9;]*m)/;

/**
 * A terminal's answer for a window of so many columns: sentences are wrapped between words and hang under where they
 * began, and tables too wide put their last columns on a line below. As it is where no window is known.
 */
export function fitted(text: string, columns: number | undefined): string {
  if (columns === undefined) return text;
  const lines = text.split('\n');
  const out: string[] = [];
  for (let at = 0; at < lines.length; ) {
    if (RULE.test(lines[at + 1] ?? '')) {
      const end = tableEnd(lines, at);
      out.push(...foldedTable(lines.slice(at, end), columns));
      at = end;
    } else {
      out.push(...fittedLine(lines[at] ?? '', columns));
      at += 1;
    }
  }
  return out.join('\n');
}

function tableEnd(lines: readonly string[], start: number): number {
  const end = lines.findIndex((line, at) => at > start && line.trim() === '');
  return end < 0 ? lines.length : end;
}

function fittedLine(line: string, columns: number): readonly string[] {
  if (stringWidth(line) <= columns) return [line];
  const lead = leadOf(line, columns);
  const hang = ' '.repeat(stringWidth(lead.hang));
  return wrapped(line.slice(lead.kept.length), columns - hang.length).map((part, at) =>
    at === 0 ? `${lead.kept}${part}` : `${hang}${part}`,
  );
}

/** What stays in front of the first line, and how far the others stand in. */
function leadOf(line: string, columns: number): { readonly kept: string; readonly hang: string } {
  for (const pattern of [BULLET, LABEL]) {
    const lead = pattern.exec(line)?.[0];
    if (lead !== undefined && stringWidth(lead) <= columns / 2) return { kept: lead, hang: lead };
  }
  const indent = INDENT.exec(line)?.[0] ?? '';
  return { kept: indent, hang: indent === '' ? '' : `${indent}  ` };
}

/** Columns from the left as long as they fit; the others two cells in on the lines below. */
function foldedTable(lines: readonly string[], columns: number): readonly string[] {
  const widths = (lines[1] ?? '').split('  ').map((rule) => rule.length);
  const groups = groupsOf(widths, columns);
  if (groups.length === 1) return lines;
  const folded = (line: string): readonly string[] => {
    const cells = cellsOf(line, widths);
    return groups
      .map((group, at) => {
        const shown = group.map((column) => cells[column] ?? '').join(' '.repeat(GAP));
        return `${at === 0 ? '' : ' '.repeat(GAP)}${shown}`.trimEnd();
      })
      .filter((shown) => shown !== '');
  };
  const [head = '', , ...rows] = lines;
  const rule = '─'.repeat(widthOf(groups[0] ?? [], widths));
  return [...folded(head), rule, ...rows.flatMap(folded)];
}

function groupsOf(widths: readonly number[], columns: number): readonly (readonly number[])[] {
  const groups: number[][] = [[]];
  widths.forEach((_, column) => {
    const group = groups.at(-1) ?? [];
    const indent = groups.length === 1 ? 0 : GAP;
    if (group.length > 0 && indent + widthOf([...group, column], widths) > columns) groups.push([column]);
    else group.push(column);
  });
  return groups;
}

function widthOf(group: readonly number[], widths: readonly number[]): number {
  return group.reduce((sum, column) => sum + (widths[column] ?? 0), GAP * Math.max(0, group.length - 1));
}

/** The cells of a drawn row, each as wide as its column; a colour stays with the cell that it paints. */
function cellsOf(line: string, widths: readonly number[]): readonly string[] {
  const cells = widths.map(() => '');
  const starts = widths.map(
    (_, column) => widthOf([...widths.keys()].slice(0, column), widths) + (column > 0 ? GAP : 0),
  );
  const columnAt = (cell: number): number => starts.findLastIndex((start) => start <= cell);
  let position = 0;
  let painted: number | null = null;
  const add = (column: number, text: string): void => {
    cells[column] = `${cells[column] ?? ''}${text}`;
  };
  for (const part of line.split(AT_COLOURS)) {
    if (part.startsWith(ESCAPE)) {
      add(painted ?? columnAt(position), part);
      painted = painted === null ? columnAt(position) : null;
      continue;
    }
    for (const { segment } of new Intl.Segmenter().segment(part)) {
      const column = columnAt(position);
      if (position < (starts[column] ?? 0) + (widths[column] ?? 0)) add(column, segment);
      position += stringWidth(segment);
    }
  }
  return cells.map(
    (cell, column) => `${cell}${' '.repeat(Math.max(0, (widths[column] ?? 0) - stringWidth(cell)))}`,
  );
}
