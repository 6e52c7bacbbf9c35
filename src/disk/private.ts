import { chmod, mkdir } from 'node:fs/promises';

/** What is kept tells of private repositories, and holds the App's key: nobody but its owner reads or writes it. */
export const PRIVATE_FILE = 0o600;
export const PRIVATE_DIRECTORY = 0o700;

/** Makes a directory that is its owner's alone, whatever the umask; one that is there becomes so. */
export async function makePrivateDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: PRIVATE_DIRECTORY });
  try {
    await chmod(directory, PRIVATE_DIRECTORY);
  } catch (error) {
    // A volume of somebody else's, in which this process may write, stays as its owner has set it.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) throw error;
  }
}
