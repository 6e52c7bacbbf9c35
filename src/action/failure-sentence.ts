import { OffbeatError } from '../errors.ts';
import { statusOf } from '../github/client.ts';

/** What people are told of a failure. Octokit gives failures of the network a status, too. */
export function failureSentence(error: unknown): string {
  if (error instanceof OffbeatError) return error.sentence;
  const what = error instanceof Error ? error.message : String(error);
  return statusOf(error) === undefined ? what : `GitHub could not be reached, or has failed: ${what}`;
}
