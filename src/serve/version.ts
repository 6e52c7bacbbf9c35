import { readFileSync } from 'node:fs';
import { z } from 'zod';

const PackageFile = z.object({ version: z.string() });

/** The version of this copy of Offbeat; its package file stands two folders up, in `src` as in `dist`. */
export function offbeatVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return PackageFile.parse(JSON.parse(text)).version;
}
