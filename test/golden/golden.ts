import { readFileSync } from 'node:fs';
import { type Difference, differences, type Hashes, hashesOf, type Recording } from './texts.ts';

/** Hashes of what the code showed when they were recorded, by repository and by what it is. */
export const HASHES_FILE = new URL('hashes.json', import.meta.url);

/** The recorded hashes. */
export function recordedHashes(): Hashes {
  return JSON.parse(readFileSync(HASHES_FILE, 'utf8')) as Hashes;
}

/** What differs from the recorded hashes, in sentences. */
export function changesSince(recorded: Hashes, recording: Recording): readonly string[] {
  return differences(recorded, hashesOf(recording)).map(sentenceOf);
}

/** A difference in words. */
export function sentenceOf({ repository, name, kind }: Difference): string {
  switch (kind) {
    case 'changed':
      return `${repository}: "${name}" is not what it was.`;
    case 'missing':
      return `${repository}: "${name}" is missing.`;
    case 'new':
      return `${repository}: "${name}" is new.`;
  }
}
