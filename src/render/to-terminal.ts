import { styleText } from 'node:util';
import type { Block, Document, Item } from './document.ts';
import { type Inline, painted } from './inline.ts';
import { plainLine, REASON_CODE_POINTS, SENTENCE_CODE_POINTS } from './markdown.ts';
import { terminalTable } from './terminal-table.ts';
import { wrapLine } from './wrap-output.ts';

export interface TerminalLayout {
  /** Cells of a line. Longer lines are not wrapped where it is left out. */
  readonly columns?: number | undefined;
  /** ANSI colours. */
  readonly color?: boolean;
}

const INDENT = '  ';
const NON_BREAKING_SPACE = '\u00a0';

/** Prints a document for a terminal. Control characters in text of others are removed. */
export function toTerminal(document: Document, layout: TerminalLayout = {}): string {
  // A line is never broken between a figure and its unit, and what is copied from it has ordinary spaces.
  return separated(document, layout).join('\n').replaceAll(NON_BREAKING_SPACE, ' ');
}

/** The lines of all blocks, with an empty line between two blocks. */
function separated(document: Document, layout: TerminalLayout): readonly string[] {
  return document
    .map((block) => blockLines(block, layout))
    .filter((lines) => lines.length > 0)
    .flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]));
}

function blockLines(block: Block, layout: TerminalLayout): readonly string[] {
  const { columns = Number.POSITIVE_INFINITY } = layout;
  const wrapped = (lines: readonly string[]): readonly string[] =>
    lines.flatMap((line) => wrapLine(line, columns));
  const paragraph = (content: Inline): readonly string[] => {
    const text = textOf(content, layout);
    return text === '' ? [] : wrapped([text]);
  };
  if (typeof block !== 'object') return paragraph(block);
  switch (block.kind) {
    case 'heading':
      return headingLines(block.text, layout);
    case 'list': {
      const items = block.items.flatMap((item) => itemLines(item, `${INDENT}${block.mark}`, layout));
      return [...paragraph(block.title), ...wrapped(items)];
    }
    case 'table':
      return block.rows.length === 0
        ? []
        : terminalTable(
            block.columns,
            block.rows.map((row) => row.map((cell, at) => cut(textOf(cell, layout), block.columns[at]?.max))),
            columns,
          );
    case 'preformatted':
      return wrapped(block.text.split('\n'));
    case 'details': {
      const content = separated(block.content, layout);
      return content.length === 0 ? [] : [...headingLines(block.summary, layout), ...content];
    }
    case 'together':
      return block.content.flatMap((one) => blockLines(one, layout));
    case 'only':
      return block.form === 'terminal' ? separated(block.content, layout) : [];
    default:
      return paragraph(block);
  }
}

function headingLines(text: string, layout: TerminalLayout): readonly string[] {
  return [textOf(painted('bold', text), layout)];
}

function itemLines(item: Item, lead: string, layout: TerminalLayout): readonly string[] {
  const { content, items } =
    typeof item === 'object' && 'items' in item ? item : { content: item, items: [] };
  return [
    `${lead}${textOf(content, layout)}`,
    ...items.flatMap((one) => itemLines(one, `${INDENT}${lead}`, layout)),
  ];
}

function cut(text: string, max: number | undefined): string {
  return max === undefined ? text : plainLine(text, max);
}

function textOf(content: Inline, layout: TerminalLayout): string {
  if (typeof content !== 'object') return String(content);
  switch (content.kind) {
    case 'sequence':
      return content.parts.map((part) => textOf(part, layout)).join('');
    case 'name':
    case 'code':
      return plainLine(content.text);
    case 'reason':
      return plainLine(content.text, REASON_CODE_POINTS);
    case 'sentence':
      return plainLine(content.text, SENTENCE_CODE_POINTS).replaceAll('`', '');
    case 'strong':
      return textOf(content.content, layout);
    case 'painted': {
      const text = textOf(content.content, layout);
      return layout.color === true ? styleText(content.style, text, { validateStream: false }) : text;
    }
    case 'break':
      return ' ';
    case 'variant':
      return textOf(content.forms.terminal, layout);
  }
}
