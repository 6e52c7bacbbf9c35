/**
 * Bytes kept in memory as a text, one a character. Tens of thousands of small buffers would lie outside the heap, where the
 * holes between them are seldom given back; a text lies in the heap, which is put together again.
 */
export type ByteText = string & { readonly isByteText: true };

export function byteTextOf(bytes: Buffer): ByteText {
  return bytes.toString('latin1') as ByteText;
}

export function bytesIn(text: ByteText): Buffer {
  return Buffer.from(text, 'latin1');
}
