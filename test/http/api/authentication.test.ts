import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { NOW, SEEN } from '../../usecases/fakes.ts';
import { REPOSITORY, startApi, token } from './harness.ts';

let api: Awaited<ReturnType<typeof startApi>>;

beforeAll(async () => {
  api = await startApi();
});

async function get(path: string, bearer?: string) {
  return api.app.request(
    path,
    bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } },
  );
}

describe('who is let in', () => {
  it('is whoever holds a token', async () => {
    const response = await get('/api/v1/repositories', await token());
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      success: true,
      data: { total: 1, repositories: [{ name: SEEN.name }] },
    });
  });

  it.each<[string, () => Promise<string> | string]>([
    ['signed with another secret', () => token({ secret: 'another secret of thirty-two chars' })],
    ['for another audience', () => token({ audience: 'somebody-else' })],
    ['that has expired', () => token({ lives: -3_600 })],
    ['of an unknown role', () => token({ role: 'root' })],
    ['for no repository', () => token({ repositories: [] })],
    [
      'that is not signed (alg none)',
      () =>
        new UnsecuredJWT({ role: 'admin', repositories: ['*'] })
          .setSubject('mona')
          .setAudience('offbeat')
          .setExpirationTime(Math.floor(NOW / 1_000) + 60)
          .encode(),
    ],
    [
      'signed with a key of its own',
      async () => {
        const { privateKey } = await generateKeyPair('RS256');
        return new SignJWT({ role: 'admin', repositories: ['*'] })
          .setProtectedHeader({ alg: 'RS256' })
          .setSubject('mona')
          .setAudience('offbeat')
          .setExpirationTime(Math.floor(NOW / 1_000) + 60)
          .sign(privateKey);
      },
    ],
    [
      'without an end',
      () =>
        new SignJWT({ role: 'admin', repositories: ['*'] })
          .setProtectedHeader({ alg: 'HS256' })
          .setSubject('mona')
          .setAudience('offbeat')
          .sign(new TextEncoder().encode('a secret of thirty-two characters')),
    ],
    ['that is none', () => 'abc'],
    ['too long to be one', () => 'a'.repeat(10_000)],
  ])('is nobody with a token %s', async (_, make) => {
    const response = await get('/api/v1/repositories', await make());
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  it('is nobody without a token, and strangers do not learn which addresses there are', async () => {
    for (const path of [
      '/api/v1/health',
      `${REPOSITORY}/report`,
      '/api/v1/nowhere',
      '/api/v1/repositories/a/b/report',
    ]) {
      expect((await get(path)).status).toBe(401);
    }
  });

  it('is anybody for the description alone', async () => {
    expect((await get('/api/v1/openapi.json')).status).toBe(200);
    const page = await get('/api/v1');
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('/repositories/{owner}/{repo}/predict');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});

describe('what a token is for', () => {
  it.each([
    ['its own repositories', ['acme/site'], 200],
    ['whatever the case', ['ACME/Site'], 200],
    ['all of an account', ['acme/*'], 200],
    ['no others', ['acme/other', 'octo/*'], 404],
    ['no account of a similar name', ['acm/*'], 404],
  ])('%s', async (_, repositories, status) => {
    const bearer = await token({ repositories });
    expect((await get(`${REPOSITORY}/accuracy`, bearer)).status).toBe(status);
    const { data } = (await (await get('/api/v1/repositories', bearer)).json()) as {
      data: { total: number };
    };
    expect(data.total).toBe(status === 200 ? 1 : 0);
  });

  it('a viewer reads, and changes nothing', async () => {
    const response = await api.app.request(`${REPOSITORY}/pause`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await token({ role: 'viewer' })}` },
    });
    expect(response.status).toBe(403);
    expect(api.store.states.get(SEEN.id)?.profile.commandedMode).toBeNull();
  });
});

describe('what concerns all repositories', () => {
  it.each([
    ['POST', '/emergency-stop'],
    ['POST', '/resume'],
    ['POST', '/flags/set'],
    ['POST', '/flags/advance'],
    ['POST', '/flags/rollback'],
    ['GET', '/flags'],
  ])('is not done with an admin token for some of them: %s /admin%s', async (method, path) => {
    const ask = async (repositories: readonly string[]) =>
      api.app.request(`/api/v1/admin${path}`, {
        method,
        headers: { authorization: `Bearer ${await token({ role: 'admin', repositories })}` },
      });
    for (const repositories of [['acme/site'], ['acme/*', 'octo/*']]) {
      const response = await ask(repositories);
      expect([response.status, await response.json()]).toEqual([
        403,
        expect.objectContaining({ code: 'forbidden' }),
      ]);
    }
    expect((await ask(['*'])).status).not.toBe(403);
  });
});

describe('limits', () => {
  it('a caller that asks too much waits, others do not', async () => {
    const { app } = await startApi({ callerLimit: { burst: 2, perSecond: 1 } });
    const ask = async (subject: string) =>
      app.request('/api/v1/health', { headers: { authorization: `Bearer ${await token({ subject })}` } });
    expect([(await ask('a')).status, (await ask('a')).status]).toEqual([200, 200]);
    const third = await ask('a');
    expect(third.status).toBe(429);
    expect(third.headers.get('retry-after')).toBe('1');
    expect((await ask('b')).status).toBe(200);
  });

  it('a stranger that keeps trying is told to wait', async () => {
    const { app } = await startApi({ strangerLimit: { burst: 2, perSecond: 1 } });
    const statuses = [];
    for (let at = 0; at < 3; at += 1) statuses.push((await app.request('/api/v1/health')).status);
    expect(statuses).toEqual([401, 401, 429]);
  });
});
