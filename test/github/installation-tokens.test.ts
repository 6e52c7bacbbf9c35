import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GitHubClient } from '../../src/github/client.ts';
import { createInstallationTokens } from '../../src/github/installation-tokens.ts';
import { MINUTE_MS } from '../../src/time.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Tokens of an App whose requests for a token are counted, and are refused where `refusal` says so. */
function tokensOfApp(refusal?: string) {
  const requests: object[] = [];
  const createInstallationAccessToken = async (request: object) => {
    requests.push(request);
    if (refusal !== undefined) throw Object.assign(new Error(refusal), { status: 422 });
    return { data: { token: `token ${requests.length}` } };
  };
  const client = { rest: { apps: { createInstallationAccessToken } } };
  const tokens = createInstallationTokens(
    async () => client as unknown as GitHubClient,
    () => Date.now(),
  );
  return { tokens, requests };
}

describe('the tokens of an installation', () => {
  it('are used for 59 minutes, as GitHub takes each for an hour', async () => {
    const { tokens } = tokensOfApp();
    const scope = { installationId: 9, repository: { id: 1 } };
    const value = async (): Promise<string> => (await tokens.get(scope, 'read')).value;
    expect(await value()).toBe('token 1');
    await vi.advanceTimersByTimeAsync(59 * MINUTE_MS - 10);
    expect(await value()).toBe('token 1');
    await vi.advanceTimersByTimeAsync(20);
    expect(await value()).toBe('token 2');
  });

  it('are asked for every ten minutes where the account has no shared repository', async () => {
    const { tokens, requests } = tokensOfApp('There is at least one repository that does not exist.');
    const scope = { installationId: 9, repository: { name: '.github' } };
    const ask = () => expect(tokens.get(scope, 'read')).rejects.toMatchObject({ code: 'github-refused' });
    await ask();
    await vi.advanceTimersByTimeAsync(10 * MINUTE_MS - 10);
    await ask();
    expect(requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(20);
    await ask();
    expect(requests).toHaveLength(2);
  });
});
