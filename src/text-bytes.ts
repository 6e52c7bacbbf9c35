import { isAscii } from 'node:buffer';

/*
 * UTF-8 to text and back, for texts of many kilobytes that are mostly ASCII: Node reads and writes those as Latin-1 in
 * a tenth of the time.
 */

/** The text that UTF-8 bytes hold. */
export function textOfBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString(isAscii(buffer) ? 'latin1' : 'utf8');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are ASCII.
const BEYOND_ASCII = /[^\x00-\x7f]/;

/** A text as UTF-8. */
export function bytesOfText(text: string): Buffer {
  return Buffer.from(text, BEYOND_ASCII.test(text) ? 'utf8' : 'latin1');
}
