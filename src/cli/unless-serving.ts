import { OffbeatError } from '../errors.ts';

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
