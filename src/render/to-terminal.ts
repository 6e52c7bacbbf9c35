import { styleText } from 'node:util';
import stringWidth from 'string-width';
import { type Block, type Document, type Inline, type Item, shownIn } from './document.ts';
import { plainLine, REASON_CODE_POINTS, SENTENCE_CODE_POINTS } from './markdown.ts';
import { padded, terminalTable } from './terminal-table.ts';
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
  return separated(document, layout).join('\n');
}

interface BlockLayout extends TerminalLayout {
  /** Spaces between figures and units stay non-breaking. */
  readonly unbroken?: boolean;
}

/** The lines of all blocks, with an empty line between two blocks. */
function separated(document: Document, layout: BlockLayout): readonly string[] {
  return shownIn('terminal', document)
    .map((block) => blockLines(block, layout))
    .filter((lines) => lines.length > 0)
    .flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]));
}

function blockLines(block: Block, layout: BlockLayout): readonly string[] {
  const { columns = Number.POSITIVE_INFINITY, color = false } = layout;
  const text = (content: Inline): string => {
    const shown = inlineText(content, color);
    return layout.unbroken === true ? shown : shown.replaceAll(NON_BREAKING_SPACE, ' ');
  };
  const wrapped = (lines: readonly string[]): readonly string[] =>
    lines.flatMap((line) => wrapLine(line, columns));
  switch (block.kind) {
    case 'paragraph': {
      const content = text(block.content);
      return content === '' ? [] : wrapped([content]);
    }
    case 'list': {
      const itemLines = (item: Item, indent: string): readonly string[] =>
        typeof item === 'object' && 'items' in item
          ? [
              `${indent}${block.mark}${text(item.content)}`,
              ...item.items.flatMap((one) => itemLines(one, `${indent}${INDENT}`)),
            ]
          : [`${indent}${block.mark}${text(item)}`];
      const title = block.title === null ? [] : [text(block.title)];
      return wrapped([...title, ...block.items.flatMap((item) => itemLines(item, INDENT))]);
    }
    case 'table':
      if (block.rows.length === 0) return [];
      return terminalTable(
        block.columns.map(({ head, terminalHead = head.toLowerCase(), align }) => ({
          head: terminalHead,
          right: align !== undefined,
        })),
        block.rows.map((row) =>
          row.map((cell, at) => {
            const max = block.columns[at]?.max;
            return max === undefined ? text(cell) : plainLine(text(cell), max);
          }),
        ),
        columns,
      );
    case 'facts': {
      const rows = block.rows.map((row) => row.map((cell) => text(plainLine(cell))));
      const width = Math.max(...rows.map(([fact = '']) => stringWidth(fact)));
      return wrapped(
        rows.map(([fact = '', value = '']) => `${INDENT}${padded(fact, width)}${INDENT}${value}`),
      );
    }
    case 'details':
      return separated(block.content, layout);
    case 'preformatted':
      return wrapped(block.text.split('\n'));
    case 'together':
      return shownIn('terminal', block.content).flatMap((one) => blockLines(one, layout));
    case 'unbroken':
      return separated(block.content, { ...layout, unbroken: true });
    case 'only':
      return [];
  }
}

function inlineText(content: Inline, color: boolean): string {
  if (typeof content !== 'object') return String(content);
  if (!('kind' in content)) return content.map((part) => inlineText(part, color)).join('');
  switch (content.kind) {
    case 'name':
    case 'code':
      return plainLine(content.text);
    case 'reason':
      return plainLine(content.text, REASON_CODE_POINTS);
    case 'sentence':
      return plainLine(content.text, SENTENCE_CODE_POINTS);
    case 'strong':
      return inlineText(content.content, color);
    case 'line-break':
      return ' ';
    case 'painted': {
      const text = inlineText(content.content, color);
      return color ? styleText(content.style, text, { validateStream: false }) : text;
    }
    case 'variant':
      return inlineText(content.forms.terminal, color);
  }
}
