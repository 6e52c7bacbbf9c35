import { readStorageEnv, type StorageEnv } from '../env.ts';
import { OffbeatError } from '../errors.ts';
import { openStorage, type Storage } from '../serve/storage.ts';
import { copyStore } from '../store/copy-store.ts';
import { commandLog } from './command-log.ts';
import { type Environment, environmentOf } from './environment.ts';
import { mustBeDirectory } from './local-sources.ts';
import type { CliContext } from './plan.ts';

const FILES = 'file:';
/** Stands for the address in this variable: everybody on the machine can read a password on the command line. */
const FROM_ENVIRONMENT = 'DATABASE_URL';

/** `offbeat store copy --from … --to …`: copies everything learned and decided from files to a database, or back. */
export async function copy(
  options: { readonly from: string; readonly to: string },
  context: CliContext,
): Promise<number> {
  const environment = await environmentOf(context);
  if (options.from.startsWith(FILES)) {
    await mustBeDirectory(options.from.slice(FILES.length), 'Name the data directory to copy from.');
  }
  const from = await open(options.from, environment, context);
  try {
    const { waiting, running } = from.queue.stats();
    if (waiting + running > 0) {
      throw new OffbeatError(
        'usage-invalid',
        `${waiting + running} deliveries are still to be handled there.`,
        {
          where: '--from',
          fix: 'Let "offbeat serve" finish them first, with webhooks turned off, then stop it.',
        },
      );
    }
    const to = await open(options.to, environment, context);
    try {
      const copied = await copyStore(from.store, to.store);
      const { repositories, runs, olderRuns, decisions, proposals, sha256 } = copied;
      context.output.write(
        [
          `Copied ${repositories} repositories with ${runs} runs and months of ${olderRuns} older ones, ` +
            `${decisions} decisions and ${proposals} proposals.`,
          `sha256 ${sha256}, the same on both sides.`,
        ].join('\n'),
      );
      const letters = from.queue.stats().deadLetters;
      if (letters > 0)
        context.output.error(`${letters} dead letters stay behind: redrive them there first, or leave them.`);
      return 0;
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

function open(place: string, environment: Environment, context: CliContext): Promise<Storage> {
  return openStorage({
    env: storageAt(place, environment),
    log: commandLog(context),
    clock: context.clock,
    workers: 0,
    handler: () => async () => undefined,
  });
}

function storageAt(place: string, environment: Environment): StorageEnv {
  if (place.startsWith(FILES)) return { dataDirectory: place.slice(FILES.length) };
  const url = place === FROM_ENVIRONMENT ? environment[FROM_ENVIRONMENT] : place;
  const storage = readStorageEnv({ ...environment, DATABASE_URL: url });
  if (storage.database !== undefined) return storage;
  throw new OffbeatError('usage-invalid', 'This names no store.', {
    where: place,
    fix: 'Write file:DIRECTORY, DATABASE_URL or postgres://….',
  });
}
