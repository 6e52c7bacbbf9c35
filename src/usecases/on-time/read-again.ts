import { readOnTimeFiles } from './read-files.ts';
import { type RepositoryAccess, storeOnTime } from './work.ts';

/** Reads the files anew, and stores the result while ticks are served. */
export async function readAgain(access: RepositoryAccess): Promise<void> {
  await readOnTimeFiles(access.context, access.repositoryId, access.connected, (change) =>
    storeOnTime(access, () => change),
  );
}
