import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { openPrivateFile } from './private.ts';

/** Replaces a file as a whole: whoever reads it finds the old or the new text. Its owner alone may read it. */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  const beside = `${path}.${randomUUID()}`;
  try {
    const file = await openPrivateFile(beside, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
