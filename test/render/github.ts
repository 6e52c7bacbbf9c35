import { JSDOM, type PageElement } from 'jsdom';
import { marked } from 'marked';

const { document } = new JSDOM().window;

/** Markdown as a reader's page: GitHub's dialect, without GitHub's own filter behind it. */
export function page(markdown: string): PageElement {
  const body = document.createElement('div');
  body.innerHTML = marked.parse(markdown, { async: false, gfm: true });
  return body;
}

/**
 * What GitHub turns into links and notifications after the Markdown is rendered: mentions, references and
 * addresses in the text outside of code.
 */
export function autolinks(body: PageElement): readonly string[] {
  const copy = body.cloneNode(true);
  // Something stands there: what is on both its sides is not one word.
  for (const code of copy.querySelectorAll('code, pre')) code.replaceWith('\ufffc');
  const text = copy.textContent ?? '';
  const patterns = [/@[a-z\d]/gi, /#\d/g, /\bGH-\d/gi, /https?:\/\//gi, /\bwww\.\w/gi, /\bmailto:/gi];
  return patterns.flatMap((pattern) => text.match(pattern) ?? []);
}
