import { readOnTimeFiles } from './read-files.ts';
import { changeOnTime, type RepositoryAccess } from './work.ts';

/** Reads the files anew, and stores the result while ticks are served. */
export async function readAgain(access: RepositoryAccess): Promise<void> {
  await readOnTimeFiles(access.context, access.repositoryId, access.connected, (change) =>
    changeOnTime(access, () => ({ change, value: null })),
  );
}
