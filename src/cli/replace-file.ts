import { randomUUID } from 'node:crypto';
import { open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { OffbeatError } from '../errors.ts';

/** Permission bits of a file's mode. */
const PERMISSIONS = 0o7777;

/** Throws `edit-unproven` where a file does not hold exactly the text that was read from it, byte for byte. */
export async function mustHold(path: string, text: string): Promise<void> {
  const found = await readFile(path).catch((error: unknown) => {
    throw cannotWrite(path, error);
  });
  if (found.equals(Buffer.from(text))) return;
  throw new OffbeatError('edit-unproven', 'The file has changed since it was read, or is not UTF-8.', {
    where: path,
    fix: 'Nothing was written; run the command again.',
  });
}

/** Replaces a file's text in one step and keeps its permissions. Throws `usage-invalid` where it cannot. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const staged = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const { mode } = await stat(path);
    const handle = await open(staged, 'wx', mode & PERMISSIONS);
    try {
      await handle.writeFile(text);
      // `open` applies the umask to the mode that it is given.
      await handle.chmod(mode & PERMISSIONS);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(staged, path);
  } catch (error) {
    await unlink(staged).catch(() => undefined);
    throw cannotWrite(path, error);
  }
}

/** The error for a file that cannot be written. */
export function cannotWrite(path: string, cause: unknown): OffbeatError {
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new OffbeatError('usage-invalid', `It cannot be written${code}.`, {
    where: path,
    fix: 'See that whoever runs this may write there.',
    cause,
  });
}
