import type { StorageEnv } from '../env.ts';
import { OffbeatError } from '../errors.ts';
import { openStorage, type Storage } from '../serve/storage.ts';
import { commandLog } from './command-log.ts';
import type { CliContext } from './context.ts';

/**
 * The store that `opening` resolves with. While the server holds the files, throws `store-locked` with what to ask the
 * server instead: `api` names it, as `GET /api/v1/admin/alerts`; `null` where the API cannot do it.
 */
export async function unlessServing<T>(opening: Promise<T>, api: string | null): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (!(error instanceof OffbeatError) || error.code !== 'store-locked') throw error;
    throw new OffbeatError('store-locked', 'The server, or another command, is using these files.', {
      ...(error.where === undefined ? {} : { where: error.where }),
      fix:
        api === null
          ? 'Stop it first.'
          : `Ask the server: ${api}, with a token of \`offbeat token\`; or stop it first.`,
      cause: error,
    });
  }
}

/** Store and queue without a worker, so that nothing is handled while a command reads them; `api` as above. */
export function openIdle(env: StorageEnv, context: CliContext, api: string | null): Promise<Storage> {
  const { clock } = context;
  const handler = () => async () => undefined;
  return unlessServing(openStorage({ env, log: commandLog(context), clock, workers: 0, handler }), api);
}
