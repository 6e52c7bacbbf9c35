import { readStorageEnv, type StorageEnv } from '../env.ts';
import { OffbeatError } from '../errors.ts';
import type { Queue } from '../queue/queue.ts';
import type { Storage } from '../serve/storage.ts';
import { type CopyReport, copyStore } from '../store/copy-store.ts';
import type { CliContext } from './context.ts';
import { type Environment, environmentOf } from './environment.ts';
import { mustBeDirectory } from './local-sources.ts';
import { openIdle } from './unless-serving.ts';

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
    mustBeIdle(from.queue);
    const to = await open(options.to, environment, context);
    try {
      context.output.write(summaryOf(await copyStore(from.store, to.store)));
    } finally {
      await to.close();
    }
    const { deadLetters } = from.queue.stats();
    if (deadLetters > 0) {
      context.output.error(
        `${deadLetters} dead letters stay behind: redrive them there first, or leave them.`,
      );
    }
    return 0;
  } finally {
    await from.close();
  }
}

/** Throws `usage-invalid` while deliveries wait or are handled: the copy would lack what they change. */
function mustBeIdle(queue: Queue): void {
  const { waiting, running } = queue.stats();
  const open = waiting + running;
  if (open === 0) return;
  throw new OffbeatError('usage-invalid', `${open} deliveries are still to be handled there.`, {
    where: '--from',
    fix: 'Let "offbeat serve" finish them first, with webhooks turned off, then stop it.',
  });
}

function summaryOf(copied: CopyReport): string {
  const { repositories, runs, olderRuns, decisions, proposals, sha256 } = copied;
  return [
    `Copied ${repositories} repositories with ${runs} runs and months of ${olderRuns} older ones, ` +
      `${decisions} decisions and ${proposals} proposals.`,
    `sha256 ${sha256}, the same on both sides.`,
  ].join('\n');
}

function open(place: string, environment: Environment, context: CliContext): Promise<Storage> {
  return openIdle(storageAt(place, environment), context, null);
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
