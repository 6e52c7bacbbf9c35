import { afterEach, describe, expect, it, vi } from 'vitest';
import { credentialConditions } from '../../src/serve/app-watch.ts';
import { deliver } from '../http/webhook/sample.ts';
import { type FakeGitHub, startFakeGitHub } from './fake-github.ts';
import { startTestServer, type TestServer } from './server.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function serverBefore(
  status: number,
): Promise<{ readonly app: TestServer; readonly github: FakeGitHub }> {
  const github = await startFakeGitHub();
  cleanups.push(() => github.stop());
  github.answer({ status, body: { message: 'No.' } });
  const app = await startTestServer({ githubApiUrl: github.url });
  cleanups.push(() => app.close());
  return { app, github };
}

describe('a started server', () => {
  it.each([
    [401, 'app-refused', 'does not take the App'],
    [503, 'github-away', 'status 503'],
  ])(
    'accepts deliveries, and names a key that GitHub refuses or a GitHub that is away (%i)',
    async (status, reason, sentence) => {
      const { app } = await serverBefore(status);
      await vi.waitUntil(async () => (await app.get('/readyz')).text.includes(reason), { timeout: 20_000 });
      expect((await app.get('/readyz')).status).toBe(200);
      expect((await deliver(`${app.server.url}/api/github/webhooks`, 1)).status).toBe(202);
      expect((await app.get('/metrics')).text).toContain(`offbeat_degraded{reason="${reason}"} 1`);
      const health = await app.ask('/health', { role: 'viewer' });
      expect(health.data).toMatchObject({
        status: 'degraded',
        problems: [expect.stringContaining(sentence)],
      });
      expect(app.logged.some((line) => line.includes(sentence))).toBe(true);
    },
  );

  it('names credentials that GitHub takes no more when work meets them, before it is looked again', async () => {
    const { app, github } = await serverBefore(200);
    await vi.waitUntil(() => github.requests.some(({ line }) => line.startsWith('GET /app/hook')));
    github.answer({ status: 401, body: { message: 'Bad credentials' } });
    await deliver(`${app.server.url}/api/github/webhooks`, 1, 'completed');
    await vi.waitUntil(async () => (await app.get('/readyz')).text.includes('app-refused'), {
      timeout: 20_000,
    });
    expect((await app.get('/metrics')).text).toContain('offbeat_degraded{reason="app-refused"} 1');
    expect((await app.ask('/health', { role: 'viewer' })).data).toMatchObject({
      status: 'degraded',
      problems: expect.arrayContaining([expect.stringContaining('those of the App')]),
    });
  });

  it('reports nothing of an App that GitHub takes', async () => {
    const { app, github } = await serverBefore(200);
    await vi.waitUntil(() => github.requests.some(({ line }) => line.startsWith('GET /app')));
    expect((await app.get('/readyz')).text).not.toContain('app-refused');
  });
});

describe('credentials that work has met', () => {
  it('are one condition, which names whose they are', () => {
    expect(credentialConditions([])).toEqual([]);
    expect(credentialConditions([null, 9])).toEqual([
      { name: 'app-refused', sentence: expect.stringContaining('those of the App, installation 9,') },
    ]);
  });
});
