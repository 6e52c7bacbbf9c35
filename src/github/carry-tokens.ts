import type { Octokit } from '@octokit/rest';
import { statusOf } from './client.ts';
import type { GuardTime } from './guard.ts';
import type { InstallationToken } from './installation-tokens.ts';
import { type Purpose, purposeOf } from './purposes.ts';

/** GitHub may not know a new token everywhere at once: for so long a 401 says nothing of it. */
const NEW_TOKEN_MS = 5_000;
const WAIT_FOR_NEW_TOKEN_MS = 1_000;

/** Has each request of a client carry the token of its purpose. Throws what `tokenFor` throws. */
export function carryTokens(
  hook: Octokit['hook'],
  tokenFor: (purpose: Purpose) => Promise<InstallationToken>,
  { now, wait }: GuardTime,
): void {
  hook.wrap('request', async (request, options) => {
    const token = await tokenFor(purposeOf(options));
    // In place: hooks further in are given these very options, whatever is passed on.
    options.headers.authorization = `token ${token.value}`;
    for (;;) {
      try {
        return await request(options);
      } catch (error) {
        if (statusOf(error) !== 401) throw error;
        if (now() - token.madeAt >= NEW_TOKEN_MS) {
          token.forget();
          throw error;
        }
        await wait(WAIT_FOR_NEW_TOKEN_MS);
      }
    }
  });
}

/** A strategy of authentication for a client whose requests carry tokens already. */
export function withoutStrategy() {
  return Object.assign(async () => ({ type: 'unauthenticated' }), {
    hook: <Options, Answer>(request: (options: Options) => Answer, options: Options) => request(options),
  });
}
