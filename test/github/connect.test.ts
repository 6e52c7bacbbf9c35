import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGitHub } from '../../src/github/connect.ts';
import { API, client } from './client.ts';

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

const PROFILE = { installationId: 9, owner: 'acme', name: 'site' };

function app(failures = 0) {
  const asked: (number | undefined)[] = [];
  let left = failures;
  return {
    asked,
    async auth(installationId?: number) {
      asked.push(installationId);
      if (installationId !== undefined && left > 0) {
        left -= 1;
        throw new Error('no token');
      }
      return client();
    },
  };
}

describe('connect', () => {
  it('knows its own account, and asks for it and for a client once', async () => {
    nock(API).get('/app').reply(200, { slug: 'offbeat-of-acme' });
    const authentication = app();
    const github = createGitHub(authentication);
    expect((await github.connect(PROFILE)).appLogin).toBe('offbeat-of-acme[bot]');
    await github.connect({ ...PROFILE, name: 'other' });
    expect(authentication.asked.toSorted()).toEqual([9, undefined]);
    await github.connect({ ...PROFILE, installationId: 10 });
    expect(authentication.asked.filter((id) => id !== undefined)).toEqual([9, 10]);
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
});
