import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { either } from '../either.ts';

/** How the parts of a text are set off; identity functions where no colours are wanted. */
export interface Palette {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly code: (text: string) => string;
  readonly added: (text: string) => string;
  readonly removed: (text: string) => string;
  readonly hunk: (text: string) => string;
}

/** Stands before the summary of folded details. */
export const FOLDED = '▸';

/** Keeps words of one code span together while lines are filled. */
const HARD_SPACE = '\u00a0';

const INLINE = either(
  'g',
  /(?<ticks>`+)(?<code>.+?)\k<ticks>/,
  /\*\*(?<bold>.+?)\*\*/,
  /\[(?<label>[^\]]*)\]\([^)]*\)/,
  /<br ?\/?>|<\/?[a-z][^>]*>/,
  /\\(?<escaped>[!-/:-@[-`{-~])/,
  /&(?<entity>lt|gt|amp|quot|#39|#\d+);/,
);

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };

/** Markdown as GitHub folds and draws it, in plain lines of at most `width` cells. */
export function renderMarkdown(markdown: string, width: number, palette: Palette): readonly string[] {
  const lines: string[] = [];
  const source = markdown.replace(/<!--[\s\S]*?-->/g, '').split(/\r?\n/);
  for (let at = 0; at < source.length; ) {
    const block = blockAt(source, at, width, palette);
    lines.push(...block.lines);
    at = block.next;
  }
  return lines
    .filter((line, at) => line !== '' || (at > 0 && lines[at - 1] !== ''))
    .join('\n')
    .trimEnd()
    .split('\n');
}

/** What a block is drawn as, and where the next one begins. */
interface Block {
  readonly lines: readonly string[];
  readonly next: number;
}

function blockAt(source: readonly string[], at: number, width: number, palette: Palette): Block {
  const line = source[at] ?? '';
  const next = at + 1;
  const filled = (text: string, first: string, others: string) =>
    fill(inline(text, palette), width, first, others);
  if (line.trim() === '') return { lines: [''], next };
  const [fence, ticks = '', language] = /^ {0,3}(`{3,}|~{3,}) *(\S*)/.exec(line) ?? [];
  if (fence !== undefined) {
    const end = indexFrom(source, next, (later) => later.trim().startsWith(ticks));
    const lines =
      language === 'mermaid'
        ? [palette.dim('  (a chart, which GitHub draws here)')]
        : source.slice(next, end).map((code) => palette.code(`  ${code}`));
    return { lines, next: end + 1 };
  }
  if (/^\s*<details/.test(line)) {
    const end = endOfDetails(source, at);
    const element = source.slice(at, end).join('\n');
    const summary = /<summary>([\s\S]*?)<\/summary>/.exec(element)?.[1] ?? 'Details';
    return { lines: filled(summary, palette.dim(`${FOLDED} `), '  '), next: end };
  }
  const heading = /^#{1,6} +(.*)$/.exec(line)?.[1];
  if (heading !== undefined) return { lines: ['', palette.bold(inline(heading, PLAIN).join(' ')), ''], next };
  if (line.startsWith('|') && /^\|[ :|-]+\|\s*$/.test(source[next] ?? '')) {
    const end = indexFrom(source, at, (later) => !later.startsWith('|'));
    const rows = [line, ...source.slice(at + 2, end)].map(cellsOf);
    return { lines: renderTable(rows, width, palette), next: end };
  }
  const [item, indent = '', words = ''] = /^(\s*)(?:[-*]|\d+\.) +(.*)$/.exec(line) ?? [];
  if (item !== undefined) return { lines: filled(words, `${indent}• `, `${indent}  `), next };
  const quote = /^> ?(.*)$/.exec(line)?.[1];
  if (quote !== undefined) return { lines: filled(quote, palette.dim('│ '), palette.dim('│ ')), next };
  const end = indexFrom(
    source,
    next,
    (later) => later.trim() === '' || /^(#|\||>|```|\s*[-*] |<details)/.test(later),
  );
  return { lines: filled(source.slice(at, end).join(' '), '', ''), next: end };
}

/** The line after a `<details>` element, however deep others lie in it. */
function endOfDetails(source: readonly string[], at: number): number {
  let depth = 0;
  const end = indexFrom(source, at, (line) => {
    depth += (line.match(/<details/g) ?? []).length - (line.match(/<\/details>/g) ?? []).length;
    return depth <= 0;
  });
  return end + 1;
}

const same = (text: string): string => text;

/** No colours at all. */
export const PLAIN: Palette = { bold: same, dim: same, code: same, added: same, removed: same, hunk: same };

/** Words of a text, each with its own colours, so that lines may break between any two. `\n` is a word for a break. */
function inline(text: string, palette: Palette): readonly string[] {
  const marked = text.replace(INLINE, (found, ...rest) => {
    const groups: Readonly<Record<string, string | undefined>> = rest.at(-1);
    if (groups.code !== undefined) return palette.code(groups.code.trim().replaceAll(' ', HARD_SPACE));
    if (groups.bold !== undefined) {
      return inline(groups.bold, palette)
        .map((word) => palette.bold(word))
        .join(' ');
    }
    if (groups.label !== undefined) return groups.label;
    if (groups.escaped !== undefined) return groups.escaped;
    if (groups.entity !== undefined) return entity(groups.entity);
    return /^<br/.test(found) ? ' \n ' : '';
  });
  return marked.split(/ +/).filter((word) => word !== '');
}

function entity(name: string): string {
  return name.startsWith('#') ? String.fromCodePoint(Number(name.slice(1))) : (ENTITIES[name] ?? '');
}

/** Words in lines of at most `width` cells; a longer word stands alone, or is broken where `breaks` allows it. */
function fill(
  words: readonly string[],
  width: number,
  first: string,
  others: string,
  breaks: RegExp = NOWHERE,
): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  const end = () => {
    lines.push(line.replaceAll(HARD_SPACE, ' ').trimEnd());
    line = others;
    empty = true;
  };
  for (const word of words) {
    if (word === '\n') {
      end();
      continue;
    }
    if (!empty && stringWidth(line) + 1 + stringWidth(word) > width) end();
    line = empty ? line : `${line} `;
    const pieces = stringWidth(line) + stringWidth(word) > width ? piecesOf(word, breaks) : [word];
    for (const [at, piece] of pieces.entries()) {
      if (at > 0 && stringWidth(line) + stringWidth(piece) > width) end();
      line += piece;
      empty = false;
    }
  }
  end();
  return lines;
}

const NOWHERE = /(?!)/;
/** Where a word of a table may be broken, as far as it must: nowhere, within names, within figures too. */
const BREAKS = [NOWHERE, /(?<=[-_/])/, /(?<=[-_/\u00a0])/] as const;

/** The parts of a word, each with the colours of the whole. */
function piecesOf(word: string, breaks: RegExp): readonly string[] {
  const text = stripVTControlCharacters(word);
  const from = word.indexOf(text);
  const [before, after] = from < 0 ? ['', ''] : [word.slice(0, from), word.slice(from + text.length)];
  return text.split(breaks).map((piece) => `${before}${piece}${after}`);
}

const GAP = '  ';

function renderTable(
  rows: readonly (readonly string[])[],
  width: number,
  palette: Palette,
): readonly string[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const cells = rows.map((row, at) => {
    return Array.from({ length: columns }, (_, column) =>
      inline(row[column] ?? '', at === 0 ? PLAIN : palette).map((word) =>
        at === 0 && word !== '\n' ? palette.bold(word) : word,
      ),
    );
  });
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...cells.map((row) => widest(row[column] ?? []))),
  );
  const room = width - GAP.length * (columns - 1);
  const longest = (breaks: RegExp): readonly number[] =>
    widths.map((_, column) =>
      Math.max(
        ...cells.flatMap((row) =>
          (row[column] ?? []).flatMap((word) => piecesOf(word, breaks).map((piece) => stringWidth(piece))),
        ),
      ),
    );
  const breaks = BREAKS.find((one) => sum(longest(one)) <= room) ?? BREAKS[2];
  narrow(widths, longest(breaks), room);
  const rule = palette.dim(widths.map((cell) => '─'.repeat(cell)).join(GAP));
  const shown = cells.map((row) => tableRow(row, widths, breaks));
  return shown.flatMap((lines, at) => (at === 0 ? [...lines, rule] : lines));
}

/** Takes cells from the column that has most above its longest word, until all fit or no word can be spared. */
function narrow(widths: number[], longestWords: readonly number[], room: number): void {
  for (let total = sum(widths); total > room; total -= 1) {
    const spare = widths.map((cells, column) => cells - (longestWords[column] ?? 0));
    const widestOf = widths.map((cells, column) => ((spare[column] ?? 0) > 0 ? cells : 0));
    const most = widestOf.indexOf(Math.max(...widestOf));
    if ((spare[most] ?? 0) <= 0) return;
    widths[most] = (widths[most] ?? 0) - 1;
  }
}

/** Cells that a cell's words take when they are not broken but at their own breaks. */
function widest(words: readonly string[]): number {
  return Math.max(...fill(words, Number.POSITIVE_INFINITY, '', '').map((text) => stringWidth(text)));
}

function tableRow(
  row: readonly (readonly string[])[],
  widths: readonly number[],
  breaks: RegExp,
): readonly string[] {
  const columns = row.map((words, column) => fill(words, widths[column] ?? 0, '', '', breaks));
  const height = Math.max(...columns.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) =>
    columns
      .map((lines, column) => {
        const cell = lines[at] ?? '';
        return cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - stringWidth(cell)));
      })
      .join(GAP)
      .trimEnd(),
  );
}

function cellsOf(line: string): readonly string[] {
  const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function indexFrom(source: readonly string[], from: number, found: (line: string) => boolean): number {
  const at = source.findIndex((line, index) => index >= from && found(line));
  return at === -1 ? source.length : at;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
