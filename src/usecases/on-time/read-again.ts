import { readOnTimeFiles } from './read-files.ts';
import { changeOnTime, type RepositoryAccess } from './work.ts';

/** Reads the files anew, and stores the result while ticks are served. */
export async function readAgain(access: RepositoryAccess): Promise<void> {
  const change = await readOnTimeFiles(access.context, access.repositoryId, access.connected);
  if (change !== null) await changeOnTime(access, () => ({ change, value: null }));
}
