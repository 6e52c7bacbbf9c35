import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGitHub } from '../../src/github/connect.ts';
import type { TokenScope } from '../../src/github/installation-tokens.ts';
import { API, client } from './client.ts';

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

const PROFILE = { id: 1, installationId: 9, owner: 'acme', name: 'site' };

function app(failures = 0) {
  const asked: TokenScope[] = [];
  let left = failures;
  return {
    asked,
    asApp: async () => client(),
    async inRepository(scope: TokenScope) {
      asked.push(scope);
      if (left > 0) {
        left -= 1;
        throw new Error('no client');
      }
      return client();
    },
  };
}

describe('connect', () => {
  it('knows its own account, and asks for it and for a client of a repository once', async () => {
    nock(API).get('/app').reply(200, { slug: 'offbeat-of-acme' });
    const authentication = app();
    const github = createGitHub(authentication);
    expect((await github.connect(PROFILE)).appLogin).toBe('offbeat-of-acme[bot]');
    await github.connect({ ...PROFILE, name: 'renamed' });
    expect(authentication.asked).toEqual([{ installationId: 9, repository: { id: 1 } }]);
    await github.connect({ ...PROFILE, id: 2 });
    expect(authentication.asked.slice(1)).toEqual([{ installationId: 9, repository: { id: 2 } }]);
  });

  it('tells the time of the newest answers to any client', async () => {
    nock(API).get('/app').reply(200, { slug: 'offbeat' }, { Date: 'Mon, 02 Nov 2026 03:00:00 GMT' });
    const github = createGitHub(app());
    await github.connect(PROFILE);
    expect(github.clockReadings?.()).toMatchObject([{ date: Date.parse('2026-11-02T03:00:00Z') }]);
  });

  it('keeps no failure', async () => {
    nock(API).get('/app').reply(404, {});
    nock(API).get('/app').reply(200, { slug: 'offbeat' });
    const github = createGitHub(app(1));
    await expect(github.connect(PROFILE)).rejects.toThrow();
    // The App's own name was asked for at the same time, and that answer may still be under way.
    const { appLogin } = await vi.waitFor(() => github.connect(PROFILE));
    expect(appLogin).toBe('offbeat[bot]');
  });

  it.each([{}, [], { slug: '' }])('takes no name from an answer that holds none: %j', async (odd) => {
    nock(API).get('/app').reply(200, odd);
    nock(API).get('/app').reply(200, { slug: 'offbeat' });
    const github = createGitHub(app());
    await expect(github.connect(PROFILE)).rejects.toMatchObject({
      code: 'github-not-yet',
      retryAfterMs: 30_000,
    });
    expect((await github.connect(PROFILE)).appLogin).toBe('offbeat[bot]');
  });
});
