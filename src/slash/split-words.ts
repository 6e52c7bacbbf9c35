/** The closing quote of each opening quote. Phones write curly ones. */
const CLOSING: Readonly<Record<string, string>> = { '"': '"', "'": "'", '“': '”', '‘': '’' };

/**
 * Splits the text behind a command at white space. A quote at the start of a word, or of the value behind a flag's `=`,
 * keeps everything up to the closing quote together; in double quotes a backslash escapes a quote or a backslash. An
 * apostrophe within a word, and a quote without its closing one, are ordinary characters.
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

/** White space of any kind: text that is pasted from a page has no-break spaces. */
function isSpace(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}
