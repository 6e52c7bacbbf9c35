import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { bytesOfText, textOfBytes } from '../text-bytes.ts';

/** The fastest that still finds repeated texts: JSON of a state folds to a quarter. */
const LEVEL = 1;

/** A text put away in memory, compressed. */
export function foldText(text: string): Uint8Array {
  const bytes = bytesOfText(text);
  // Told how much comes, the compressor takes no more memory than that needs.
  const folded = zstdCompressSync(bytes, {
    pledgedSrcSize: bytes.length,
    params: { [constants.ZSTD_c_compressionLevel]: LEVEL },
  });
  // A copy of its own length: what the compressor gives lies in a larger buffer.
  return Uint8Array.from(folded);
}

export function unfoldText(folded: Uint8Array): string {
  return textOfBytes(zstdDecompressSync(folded));
}

/** The lines of a text, each a text of its own: a part of a long one would keep all of it in memory. */
export function unfoldLines(folded: Uint8Array): readonly string[] {
  const bytes = zstdDecompressSync(folded);
  const lines: string[] = [];
  let from = 0;
  for (let end = bytes.indexOf('\n'); end !== -1; end = bytes.indexOf('\n', from)) {
    lines.push(textOfBytes(bytes.subarray(from, end)));
    from = end + 1;
  }
  return [...lines, textOfBytes(bytes.subarray(from))];
}
