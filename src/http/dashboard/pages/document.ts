import { html } from 'hono/html';
import type { Block, Document, Item } from '../../../render/document.ts';
import type { Inline } from '../../../render/inline.ts';
import { plainLine, REASON_CODE_POINTS } from '../../../render/markdown.ts';
import { bullets, EMPTY, type Markup, name, sentence, table } from './markup.ts';

/** An answer as part of a page: the same document that a comment and a terminal get. */
export function documentMarkup(document: Document): Markup {
  return html`${document.map(blockMarkup)}`;
}

function blockMarkup(block: Block): Markup {
  if (typeof block !== 'object') return paragraph(block);
  switch (block.kind) {
    case 'heading':
      return html`<h2>${block.text}</h2>`;
    case 'list':
      return html`${paragraph(block.title)}${bullets(block.items.map(itemMarkup))}`;
    case 'table':
      return block.rows.length === 0
        ? EMPTY
        : table(
            block.columns.map(({ head }) => head).join(', '),
            block.columns,
            block.rows.map((row) => row.map(inlineMarkup)),
          );
    case 'details':
      return html`<details class="card"><summary>${block.summary}</summary>${documentMarkup(block.content)}</details>`;
    case 'preformatted':
      // GitHub draws these; a table beside each says the same.
      if (block.language === 'mermaid') return EMPTY;
      return html`<div class="scroll" role="region" aria-label="Text" tabindex="0"><pre>${block.text}</pre></div>`;
    case 'together':
      return documentMarkup(block.content);
    case 'only':
      return block.form === 'markdown' ? documentMarkup(block.content) : EMPTY;
    default:
      return paragraph(block);
  }
}

function paragraph(content: Inline): Markup {
  const markup = inlineMarkup(content);
  return String(markup) === '' ? EMPTY : html`<p>${markup}</p>`;
}

/** What stands behind the bullet of an item. */
function itemMarkup(item: Item): Markup {
  const { content, items } =
    typeof item === 'object' && 'items' in item ? item : { content: item, items: [] };
  return html`${inlineMarkup(content)}${bullets(items.map(itemMarkup))}`;
}

/** Words of an answer. Text of others is escaped, and shown as one line. */
export function inlineMarkup(content: Inline): Markup {
  if (typeof content !== 'object') return sentence(String(content));
  switch (content.kind) {
    case 'sequence':
      return html`${content.parts.map(inlineMarkup)}`;
    case 'name':
      return name(plainLine(content.text));
    case 'code':
      return html`<code>${plainLine(content.text)}</code>`;
    case 'reason':
    case 'sentence':
      return sentence(plainLine(content.text, REASON_CODE_POINTS));
    case 'strong':
      return html`<b>${inlineMarkup(content.content)}</b>`;
    case 'painted':
      return inlineMarkup(content.content);
    case 'break':
      return html`<br>`;
    case 'variant':
      return inlineMarkup(content.forms.markdown);
  }
}
