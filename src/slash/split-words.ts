/** Opening quotes with what closes them; phones write curly ones. */
const CLOSING: Readonly<Record<string, string>> = { '"': '"', "'": "'", '“': '”', '‘': '’' };

/**
 * Splits what follows a command at white space. A quote that opens a word, or the value behind a flag's `=`, holds
 * until it closes; in double quotes a backslash takes the next character as it is. An apostrophe within a word, and a
 * quote that nobody closes, are themselves.
 */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (isSpace(text[at])) {
      at += 1;
      continue;
    }
    let word = '';
    let mayQuote = true;
    while (at < text.length && !isSpace(text[at])) {
      const quoted = mayQuote ? readQuoted(text, at) : null;
      if (quoted !== null) {
        word += quoted.text;
        at = quoted.end;
        mayQuote = false;
        continue;
      }
      const character = text[at] ?? '';
      word += character;
      mayQuote = character === '=' && /^--[a-z0-9-]+=$/.test(word);
      at += 1;
    }
    words.push(word);
  }
  return words;
}

function readQuoted(text: string, start: number): { readonly text: string; readonly end: number } | null {
  const closing = CLOSING[text[start] ?? ''];
  if (closing === undefined) return null;
  let value = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === closing) return { text: value, end: at + 1 };
    const escapes = closing === '"' && character === '\\' && /["\\]/.test(text[at + 1] ?? '');
    if (escapes) at += 1;
    value += escapes ? (text[at] ?? '') : character;
  }
  return null;
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\r';
}
