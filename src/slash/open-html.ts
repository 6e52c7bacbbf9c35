/** Elements whose content is text to a browser, up to their end. */
const RAW: ReadonlySet<string> = new Set([
  ...['iframe', 'noembed', 'noframes', 'plaintext', 'script', 'style', 'textarea', 'title', 'xmp'],
]);
/** Elements whose content is not shown, not as it is written, or not as what its writer says. */
const HIDING: ReadonlySet<string> = new Set([
  ...['math', 'noscript', 'pre', 'select', 'svg', 'template'],
  ...['blockquote', 'code', 'del', 'dl', 'kbd', 'ol', 'q', 's', 'samp', 'strike', 'table', 'tt', 'ul'],
]);

/** Whether a piece of HTML leaves a comment, tag or element open, so that what comes after it is hidden. */
export function leavesOpen(written: string): boolean {
  const html = written.toLowerCase();
  let open = 0;
  let at = html.indexOf('<');
  while (at !== -1) {
    const end = html.startsWith('<!--', at) ? afterComment(html, at) : endOfTag(html, at);
    if (end === null) return true;
    const [, slash, element = ''] = /^<(\/?)([a-z][a-z0-9-]{0,30})/.exec(html.slice(at, at + 40)) ?? [];
    if (HIDING.has(element)) open += slash === '/' ? -1 : 1;
    const close = slash === '' && RAW.has(element) ? html.indexOf(`</${element}`, end) : end;
    if (close === -1) return true;
    at = html.indexOf('<', close);
  }
  return open > 0;
}

function afterComment(html: string, at: number): number | null {
  // `<!-->` is a whole comment.
  const end = html.indexOf('-->', at + 2);
  return end === -1 ? null : end + 3;
}

/** Where the tag at `start` ends, a `>` in a quoted value left aside; `null` where it does not. */
function endOfTag(html: string, start: number): number | null {
  // A sign that begins no tag is text.
  if (!/[a-z/!?]/.test(html[start + 1] ?? '')) return start + 1;
  let quote = '';
  let before = '';
  for (let at = start + 1; at < html.length; at += 1) {
    const sign = html[at] ?? '';
    if (quote !== '') {
      if (sign === quote) quote = '';
    } else if (sign === '>') {
      return at + 1;
    } else if ((sign === '"' || sign === "'") && before === '=') {
      quote = sign;
    }
    if (!/\s/.test(sign)) before = sign;
  }
  return null;
}
