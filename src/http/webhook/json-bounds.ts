/** Longest string of a payload, in bytes of its JSON: a comment of 65,536 characters, each written as an escape. */
const MAX_STRING_BYTES = 512 * 1024;
/** Most values of a payload: as many as fit into `MAX_BODY_BYTES` as the smallest repositories that GitHub lists. */
const MAX_VALUES = 1_000_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;

/**
 * True where a payload has a longer string or more values than any payload of GitHub. It is checked before the bytes
 * are parsed, as a branch name of 20 MB would be copied several times. For text that is no JSON the result has no
 * meaning.
 */
export function exceedsBounds(bytes: Buffer): boolean {
  if (bytes.length <= MAX_STRING_BYTES) return false;
  let values = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      const end = endOfString(bytes, at);
      if (end - at > MAX_STRING_BYTES) return true;
      at = end;
    } else if (byte === COMMA || byte === OPEN_BRACKET || byte === OPEN_BRACE) {
      values += 1;
      if (values > MAX_VALUES) return true;
    }
  }
  return false;
}

/** Place of the quote that ends a string; the length of the text where none does. */
function endOfString(bytes: Buffer, start: number): number {
  for (let at = bytes.indexOf(QUOTE, start + 1); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) {
    let backslashes = 0;
    while (bytes[at - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return bytes.length;
}
