import { randomUUID } from 'node:crypto';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StorageEnv } from '../../env.ts';
import { type Finding, failure, fine, warning } from './finding.ts';

/** Below this a busy week fills the disk. */
const LEAST_FREE_BYTES = 1024 ** 3;

/** Checks that data can be stored. It opens and locks no store, as the App may be running on it. */
export async function lookAtStorage(env: StorageEnv): Promise<readonly Finding[]> {
  return env.database === undefined
    ? [await lookAtDirectory(env.dataDirectory)]
    : [await lookAtDatabase(env.database)];
}

async function lookAtDirectory(directory: string): Promise<Finding> {
  const probe = join(directory, `.doctor-${randomUUID()}`);
  try {
    await writeFile(probe, '');
    await rm(probe);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return failure(
      'store',
      `Nothing can be written to ${directory} (${code}).`,
      'Make the directory, and let the user that runs Offbeat write to it; or set DATA_DIR.',
    );
  }
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  const said = `${directory} can be written to, ${(free / 1024 ** 3).toFixed(1)} GiB are free.`;
  return free < LEAST_FREE_BYTES
    ? warning('store', said, 'Make room: a full disk turns deliveries away.')
    : fine('store', said);
}

async function lookAtDatabase({ url }: NonNullable<StorageEnv['database']>): Promise<Finding> {
  const [{ openDatabase }, { schemaState }] = await Promise.all([
    import('../../database/connect.ts'),
    import('../../database/migrate.ts'),
  ]);
  const database = openDatabase({ url, poolSize: 1, onError: () => undefined });
  try {
    const { missing } = await schemaState(database);
    return missing.length === 0
      ? fine('store', 'The database answers, and its tables are those of this version.')
      : warning(
          'store',
          `The database lacks ${missing.join(', ')}.`,
          'Run "offbeat migrate"; the next start does it too.',
        );
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : 'unknown';
    return failure(
      'store',
      `The database cannot be used: ${why}`,
      'See DATABASE_URL, the network, and the server’s log.',
    );
  } finally {
    await database.destroy();
  }
}
