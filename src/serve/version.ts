import { readFileSync } from 'node:fs';

/**
 * The version of this copy of Offbeat; its package file stands two folders up, in `src` as in `dist`. The file is our own, so
 * it is not validated: `offbeat --version` shall not wait until a validator is loaded.
 */
export function offbeatVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
