import { type ErrorCode, OffbeatError } from '../errors.ts';
import type { Context } from './context.ts';

/** What the work gives; the error itself where it fails with one of these codes. Throws every other error. */
export async function orFailure<T>(
  work: () => Promise<T>,
  ...codes: readonly ErrorCode[]
): Promise<T | OffbeatError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OffbeatError && codes.includes(error.code)) return error;
    throw error;
  }
}

/** What the work gives; `null`, with `message` in the log, where it fails for whatever reason. */
export async function orLogged<T>(
  { log }: Pick<Context, 'log'>,
  repositoryId: number,
  message: string,
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof OffbeatError ? error.code : 'unknown';
    log.warn({ repositoryId, code }, message);
    return null;
  }
}
