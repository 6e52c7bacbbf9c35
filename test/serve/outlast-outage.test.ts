import { RequestError } from '@octokit/request-error';
import { describe, expect, it } from 'vitest';
import { outlastOutage } from '../../src/serve/outlast-outage.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/time.ts';

const ACCEPTED = Date.UTC(2026, 5, 1);
const UNREACHABLE = new RequestError('Service Unavailable', 503, {
  request: { method: 'GET', url: 'https://api.github.com/repos/acme/site', headers: {} },
});

/** What a try throws that fails like this so long after its delivery was accepted. */
async function thrown(error: unknown, ageMs: number): Promise<unknown> {
  try {
    await outlastOutage(
      { acceptedAt: ACCEPTED },
      () => ACCEPTED + ageMs,
      () => Promise.reject(error),
    );
  } catch (found) {
    return found;
  }
  throw new Error('It throws nothing.');
}

describe('a delivery that GitHub fails to answer', () => {
  it.each([
    ['at once', 0, 30 * SECOND_MS],
    ['after eight minutes', 8 * MINUTE_MS, 2 * MINUTE_MS],
    ['after hours', 5 * HOUR_MS, 5 * MINUTE_MS],
    ['while the clock was set back', -2 * HOUR_MS, 30 * SECOND_MS],
  ])('waits without losing a try: %s', async (_, ageMs, retryAfterMs) => {
    expect(await thrown(UNREACHABLE, ageMs)).toMatchObject({
      code: 'github-unreachable',
      retryAfterMs,
      cause: UNREACHABLE,
    });
  });

  it('loses its tries six hours after it was accepted', async () => {
    expect(await thrown(UNREACHABLE, 6 * HOUR_MS)).toBe(UNREACHABLE);
  });
});

it.each([
  [
    'a refusal',
    new RequestError('Not Found', 404, {
      request: { method: 'GET', url: 'https://api.github.com', headers: {} },
    }),
  ],
  ['a fault of ours', new TypeError('undefined is not a function')],
])('%s stays as it is', async (_, error) => {
  expect(await thrown(error, 0)).toBe(error);
});
