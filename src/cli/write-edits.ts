import { join } from 'node:path';
import type { SourceFile } from '../usecases/ports.ts';
import type { Output } from './output.ts';
import { mustHold, replaceFile } from './replace-file.ts';

/** Writes edited files into a checkout: all of them, or none where one has changed since it was read. */
export async function writeEdits(
  directory: string,
  before: readonly SourceFile[],
  edited: readonly SourceFile[],
  output: Output,
): Promise<void> {
  for (const { path } of edited) {
    await mustHold(join(directory, path), before.find((file) => file.path === path)?.text ?? '');
  }
  for (const { path, text } of edited) {
    await replaceFile(join(directory, path), text);
    output.error(`wrote ${path}`);
  }
}
