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
