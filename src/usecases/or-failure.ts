import { type ErrorCode, OffbeatError } from '../errors.ts';

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
