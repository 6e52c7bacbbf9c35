import { randomUUID } from 'node:crypto';
import { access, constants, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { codeOf, isMissing } from '../../disk/disk-errors.ts';
import type { StorageEnv } from '../../env.ts';
import { readDeadLetters } from '../../queue/read-dead-letters.ts';
import { openDeploymentFile } from '../../store/deployment-file.ts';
import { type Finding, failure, fine, firstLineOf, skipped, warning } from './finding.ts';
import { letterFinding, stopFinding } from './stop-and-letters.ts';

/** Below this a busy week fills the disk. */
const LEAST_FREE_BYTES = 1024 ** 3;

/**
 * Checks that data can be stored, and what is kept there for an operator: the emergency stop (`fixed` is that of the
 * environment) and deliveries that were given up. It opens and locks no store, as the App may be running on it.
 */
export async function lookAtStorage(env: StorageEnv, fixed: boolean): Promise<readonly Finding[]> {
  if (env.database !== undefined) return lookAtDatabase(env.database, fixed);
  const { dataDirectory } = env;
  if (!(await exists(dataDirectory))) {
    return [
      await lookAtPlaceFor(dataDirectory),
      fixed ? await stopFinding(fixed, openDeploymentFile(dataDirectory)) : skipped('stop', NOTHING_YET),
      skipped('dead letters', NOTHING_YET),
    ];
  }
  return [
    await lookAtDirectory(dataDirectory),
    await stopFinding(fixed, openDeploymentFile(dataDirectory)),
    await letterFinding(() => readDeadLetters(dataDirectory)),
  ];
}

const NOTHING_YET = 'There is nothing to look at before the first start.';

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    (error: unknown) => !isMissing(error),
  );

/** Whether the first start can make the directory, which is not there. */
async function lookAtPlaceFor(directory: string): Promise<Finding> {
  let parent = dirname(resolve(directory));
  while (!(await exists(parent))) parent = dirname(parent);
  try {
    await access(parent, constants.W_OK | constants.X_OK);
    if (!(await stat(parent)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
  } catch (error) {
    return failure(
      'store',
      `${directory} is not there, and cannot be made in ${parent} (${codeOf(error)}).`,
      'Let the user that runs Offbeat write to that directory; or set DATA_DIR.',
    );
  }
  return fine('store', `${directory} is not there yet; the first start makes it.`);
}

async function lookAtDirectory(directory: string): Promise<Finding> {
  const probe = join(directory, `.doctor-${randomUUID()}`);
  try {
    await writeFile(probe, '');
    await rm(probe);
  } catch (error) {
    return failure(
      'store',
      `Nothing can be written to ${directory} (${codeOf(error)}).`,
      'Let the user that runs Offbeat write to the directory; or set DATA_DIR.',
    );
  }
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  const said = `${directory} can be written to, ${(free / 1024 ** 3).toFixed(1)} GiB are free.`;
  return free < LEAST_FREE_BYTES
    ? warning('store', said, 'Make room: a full disk turns deliveries away.')
    : fine('store', said);
}

/** What is kept for an operator, where it cannot be looked at. */
function unseen(why: string): readonly Finding[] {
  return ['stop', 'dead letters'].map((about) => skipped(about, why));
}

async function lookAtDatabase(
  { url }: NonNullable<StorageEnv['database']>,
  fixed: boolean,
): Promise<readonly Finding[]> {
  const { openDatabase } = await import('../../database/connect.ts');
  const { schemaState } = await import('../../database/migrate.ts');
  const { openDeploymentTable } = await import('../../store/postgres/deployment-table.ts');
  const { listDeadLetters } = await import('../../queue/pg-boss/dead-letter-table.ts');
  const database = openDatabase({ url, poolSize: 1, onError: () => undefined });
  try {
    const { missing } = await schemaState(database);
    if (missing.length > 0) {
      return [
        warning(
          'store',
          `The database lacks ${missing.join(', ')}.`,
          'Run "offbeat migrate"; the next start does it too.',
        ),
        ...unseen('The tables have to be made first.'),
      ];
    }
    return [
      fine('store', 'The database answers, and its tables are those of this version.'),
      await stopFinding(fixed, openDeploymentTable(database)),
      await letterFinding(() => listDeadLetters(database)),
    ];
  } catch (error) {
    const fix = 'See DATABASE_URL, the network, and the server’s log.';
    return [
      failure('store', `The database cannot be used: ${firstLineOf(error)}`, fix),
      ...unseen('The database has to answer first.'),
    ];
  } finally {
    await database.destroy();
  }
}
