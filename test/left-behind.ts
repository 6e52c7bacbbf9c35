import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Copies a data directory into `copy` as a process that is killed now would leave it. Temporary files come and go
 * meanwhile, and a new process removes them: they are left out.
 */
export async function copyLeftBehind(directory: string, copy: string): Promise<void> {
  await cp(directory, copy, { recursive: true, filter: (source) => !source.endsWith('.tmp') });
  await rm(join(copy, 'lock.json'), { force: true });
}
