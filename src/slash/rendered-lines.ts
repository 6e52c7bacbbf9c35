import { parse, postprocess, preprocess } from 'micromark';
import { gfmFootnote } from 'micromark-extension-gfm-footnote';
import { gfmTable } from 'micromark-extension-gfm-table';
import { linesWithinSpans } from './line-spans.ts';
import { leavesOpen } from './open-html.ts';

type Extension = NonNullable<NonNullable<Parameters<typeof parse>[0]>['extensions']>[number];

/** What holds other blocks: a paragraph within is a quote's, a list's or a footnote's. */
const CONTAINERS: ReadonlySet<string> = new Set([
  'blockQuote',
  'listOrdered',
  'listUnordered',
  'gfmFootnoteDefinition',
]);
/** What may go on over the end of a line within a paragraph, and is not what a person says there. */
const INLINE: ReadonlySet<string> = new Set(['codeText', 'htmlText']);

const HTML: ReadonlySet<string> = new Set(['htmlFlow', 'htmlText']);

/** GitHub's tables, and its footnotes, which are not shown where nothing refers to them. */
const BLOCKS: Extension = { document: gfmFootnote().document ?? {} };
/** Links and emphasis begin no line; to pair their brackets takes the square of their number. */
const NOT_NEEDED: Extension = {
  disable: { null: ['attention', 'labelEnd', 'labelStartImage', 'labelStartLink'] },
};

/**
 * Numbers (0-based) of the lines of a Markdown text that GitHub shows as lines of a paragraph of its own: none of code,
 * formulas, HTML, comments in HTML, headings, tables, lists and quotes, nor of what goes on with a quote without its
 * sign, with a link, or with text that is struck out. Nothing is taken after HTML that is left open.
 */
export function paragraphLines(markdown: string): ReadonlySet<number> {
  const source = preprocess()(markdown, undefined, true);
  const extensions = [gfmTable(), BLOCKS, NOT_NEEDED];
  const events = postprocess(parse({ extensions }).document().write(source));
  const lines = new Set<number>();
  /** Only the paragraphs, without code and HTML. */
  let text = markdown.replaceAll(/[^\n]/g, ' ');
  const put = (from: number, piece: string) => {
    text = text.slice(0, from) + piece + text.slice(from + piece.length);
  };
  let hasDefinitions = false;
  let depth = 0;
  let shownBefore = Number.POSITIVE_INFINITY;
  for (const [step, { type, start, end }] of events) {
    const written = markdown.slice(start.offset, end.offset);
    if (HTML.has(type) && step === 'enter' && leavesOpen(written)) {
      shownBefore = start.line;
      break;
    }
    if (CONTAINERS.has(type)) depth += step === 'enter' ? 1 : -1;
    if (type === 'definition') hasDefinitions = true;
    if (step !== 'enter' || depth > 0) continue;
    if (type === 'paragraph') {
      for (let line = start.line; line <= end.line; line += 1) lines.add(line - 1);
      put(start.offset, written);
    }
    if (INLINE.has(type)) {
      for (let line = start.line + 1; line <= end.line; line += 1) lines.delete(line - 1);
      put(start.offset, written.replaceAll(/[^\n]/g, 'x'));
    }
  }
  const within = linesWithinSpans(text, hasDefinitions);
  return new Set([...lines].filter((line) => line < shownBefore && !within.has(line)));
}
