/** A formula of GitHub's, which people may write with blank lines in it. */
const FORMULA = /\$\$[^$]+\$\$/g;
/** A formula within text, and text that is struck out. */
const SPANS = [/(?<![\w$])\$(?=[^\s$])[^$]*[^\s$]\$(?![\w$])/g, /(?<!~)(~~?)(?=[^\s~])[^~]*[^\s~]\1(?!~)/g];
const BRACKETS = String.raw`\[(?:[^[\]]|\[[^[\]]*\])*\]`;
/** The text of a link, or the description of a picture, with the address and title behind it. */
const LINK = new RegExp(String.raw`${BRACKETS}(?:\([^()]*\)|\[[^[\]]*\])`, 'g');
/** The same where its address stands elsewhere. */
const DEFINED_LINK = new RegExp(BRACKETS, 'g');

/**
 * Numbers (0-based) of the lines at whose start a formula, a link or text that is struck out goes on from the line
 * before. `text`: paragraphs of Markdown, with everything else and all code left blank; `hasDefinitions`: whether
 * addresses of links stand apart from them.
 */
export function linesWithinSpans(text: string, hasDefinitions: boolean): ReadonlySet<number> {
  const plain = text.replaceAll(/\\[^\n]/g, 'xx');
  const within = new Set<number>();
  const take = (pattern: RegExp, part: string, firstLine: number) => {
    for (const { 0: span, index } of part.matchAll(pattern)) {
      const start = firstLine + lineEnds(part.slice(0, index));
      for (let line = start + 1; line <= start + lineEnds(span); line += 1) within.add(line);
    }
  };
  take(FORMULA, plain, 0);
  let line = 0;
  for (const paragraph of plain.split(/(?<=\n[ \t]*\n)/)) {
    for (const pattern of [...SPANS, LINK, ...(hasDefinitions ? [DEFINED_LINK] : [])]) {
      take(pattern, paragraph, line);
    }
    line += lineEnds(paragraph);
  }
  return within;
}

function lineEnds(text: string): number {
  return text.split('\n').length - 1;
}
