import { type Block, type Document, type Inline, type Item, shownIn } from './document.ts';
import { code, details, fenced, inline, inlineReason, markdownTable, sentence } from './markdown.ts';

/** What `sentence` makes of a reference to an issue: shown, and no link. */
const INERT_REFERENCE = /\\#&#8203;(\d+)/g;

/** Prints a document as Markdown in which text of others is inert. */
export function toMarkdown(document: Document): string {
  return shownIn('markdown', document)
    .map(blockMarkdown)
    .filter((text) => text !== '')
    .join('\n\n');
}

function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return inlineMarkdown(block.content);
    case 'list':
      return [
        ...(block.title === null ? [] : [inlineMarkdown(block.title)]),
        ...block.items.flatMap((item) => itemLines(item, '')),
      ].join('\n');
    case 'table': {
      if (block.rows.length === 0) return '';
      const right = block.columns.flatMap(({ align }, at) => (align === 'right' ? [at] : []));
      return markdownTable(
        block.columns.map(({ head }) => head),
        block.rows.map((row) => row.map(inlineMarkdown)),
        right,
      );
    }
    case 'facts':
      return markdownTable(
        ['', ''],
        block.rows.map((row) => row.map(inline)),
      );
    case 'details':
      return details(block.summary, toMarkdown(block.content));
    case 'preformatted':
      return fenced(block.text, block.language);
    case 'together':
    case 'unbroken':
    case 'only':
      return toMarkdown(block.content);
  }
}

function itemLines(item: Item, indent: string): readonly string[] {
  if (typeof item === 'object' && 'items' in item) {
    return [
      `${indent}- ${inlineMarkdown(item.content)}`,
      ...item.items.flatMap((one) => itemLines(one, `${indent}  `)),
    ];
  }
  return [`${indent}- ${inlineMarkdown(item)}`];
}

function inlineMarkdown(content: Inline): string {
  if (typeof content !== 'object') return String(content);
  if (!('kind' in content)) return content.map(inlineMarkdown).join('');
  switch (content.kind) {
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
    case 'line-break':
      return '<br>';
    case 'painted':
      return inlineMarkdown(content.content);
    case 'variant':
      return inlineMarkdown(content.forms.markdown);
  }
}
