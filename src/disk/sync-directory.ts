import { open } from 'node:fs/promises';

/** Makes names created, renamed or removed in `directory` survive a power loss: a file's own fsync does not. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
