import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { bytesOfText, textOfBytes } from '../text-bytes.ts';
import { type ByteText, bytesIn, byteTextOf } from './byte-text.ts';

/** The fastest that still finds repeated texts: JSON of a state folds to a quarter. */
const LEVEL = 1;

/** A text put away in memory, compressed. */
export function foldText(text: string): ByteText {
  const bytes = bytesOfText(text);
  // Told how much comes, the compressor takes no more memory than that needs.
  return byteTextOf(
    zstdCompressSync(bytes, {
      pledgedSrcSize: bytes.length,
      params: { [constants.ZSTD_c_compressionLevel]: LEVEL },
    }),
  );
}

export function unfoldText(folded: ByteText): string {
  return textOfBytes(zstdDecompressSync(bytesIn(folded)));
}

/** The lines of a text, each a text of its own: a part of a long one would keep all of it in memory. */
export function unfoldLines(folded: ByteText): readonly string[] {
  const bytes = zstdDecompressSync(bytesIn(folded));
  const lines: string[] = [];
  let from = 0;
  for (let end = bytes.indexOf('\n'); end !== -1; end = bytes.indexOf('\n', from)) {
    lines.push(textOfBytes(bytes.subarray(from, end)));
    from = end + 1;
  }
  return [...lines, textOfBytes(bytes.subarray(from))];
}
