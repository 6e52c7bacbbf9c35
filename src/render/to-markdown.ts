import type { Block, Document, Item } from './document.ts';
import type { Inline } from './inline.ts';
import { code, details, fenced, inline, inlineReason, markdownTable, sentence } from './markdown.ts';

/** What `sentence` makes of a reference to an issue: shown, and no link. */
const INERT_REFERENCE = /\\#&#8203;(\d+)/g;

/** Prints a document as Markdown in which text of others is inert. */
export function toMarkdown(document: Document): string {
  return document
    .map(blockMarkdown)
    .filter((text) => text !== '')
    .join('\n\n');
}

function blockMarkdown(block: Block): string {
  if (typeof block !== 'object') return inlineMarkdown(block);
  switch (block.kind) {
    case 'heading':
      return `### ${block.text}`;
    case 'list':
      return [inlineMarkdown(block.title), ...block.items.flatMap((item) => itemLines(item, ''))]
        .filter((line) => line !== '')
        .join('\n');
    case 'table': {
      if (block.rows.length === 0) return '';
      const heads = block.columns.map(({ head }) => head);
      const right = block.columns.flatMap(({ align }, at) => (align === 'right' ? [at] : []));
      return markdownTable(
        heads,
        block.rows.map((row) => row.map(inlineMarkdown)),
        right,
      );
    }
    case 'details': {
      const content = toMarkdown(block.content);
      return content === '' ? '' : details(block.summary, content);
    }
    case 'preformatted':
      return fenced(block.text, block.language);
    case 'together':
      return toMarkdown(block.content);
    case 'only':
      return block.form === 'markdown' ? toMarkdown(block.content) : '';
    default:
      return inlineMarkdown(block);
  }
}

function itemLines(item: Item, indent: string): readonly string[] {
  const { content, items } =
    typeof item === 'object' && 'items' in item ? item : { content: item, items: [] };
  return [`${indent}- ${inlineMarkdown(content)}`, ...items.flatMap((one) => itemLines(one, `${indent}  `))];
}

function inlineMarkdown(content: Inline): string {
  if (typeof content !== 'object') return String(content);
  switch (content.kind) {
    case 'sequence':
      return content.parts.map(inlineMarkdown).join('');
    case 'name':
      return inline(content.text);
    case 'reason':
      return inlineReason(content.text);
    case 'code':
      return code(content.text);
    case 'sentence':
      return sentence(content.text).replace(INERT_REFERENCE, (inert, number: string) =>
        content.pulls.includes(Number(number)) ? `#${number}` : inert,
      );
    case 'strong':
      return `**${inlineMarkdown(content.content)}**`;
    case 'painted':
      return inlineMarkdown(content.content);
    case 'break':
      return '<br>';
    case 'variant':
      return inlineMarkdown(content.forms.markdown);
  }
}
